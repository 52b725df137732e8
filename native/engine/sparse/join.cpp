// Where coordinates of several streams meet. Every firing compares the heads of all.
#include "engine/sparse/primitives.hpp"
#include "engine/sparse/runs.hpp"

namespace rdu::engine {

namespace {

template <class Kind, class Token>
class Join : public Walker<Kind> {
 public:
  Join(int number, const ContextSpec& spec, Fabric& fabric)
      : Walker<Kind>(number, spec, fabric), width_(this->sources_.size() / 2) {
    for (const Source& source : this->sources_) every_.push_back(&source);
  }

  bool step() {
    if (!this->all_there(this->sources_)) return false;
    std::size_t stops = 0;
    values_ = 0;
    for (std::size_t n = 0; n < width_; ++n) {
      const int code = crd(n).code();
      if (payload(n).code() != code && !this->expect(code, std::array{&payload(n)}, every_)) {
        return false;
      }
      stops += code > kValue;
      values_ += code == kValue;
    }
    if (stops == width_) return this->pass_on(every_);
    return static_cast<Kind&>(*this).meet();
  }

 protected:
  const Source& crd(std::size_t side) const { return this->sources_[side]; }
  const Source& payload(std::size_t side) const { return this->sources_[width_ + side]; }
  std::int32_t coordinate(std::size_t side) const { return as_int(crd(side).word()); }

  // Fires, popping the sides for which `takes` holds and looking at the others.
  template <class Takes>
  bool take(Takes&& takes) {
    pops_.clear();
    examines_.clear();
    for (std::size_t n = 0; n < width_; ++n) {
      auto& part = takes(n) ? pops_ : examines_;
      part.push_back(&crd(n));
      part.push_back(&payload(n));
    }
    return this->fire(pops_, examines_);
  }
  bool give_absent() {
    if (!take([this](std::size_t n) { return crd(n).code() == kEmpty; })) return false;
    this->give_all(kEmpty);
    this->end();
    return true;
  }

  const std::size_t width_;
  std::size_t values_ = 0;    // sides with a coordinate at their head
  std::vector<Token> items_;  // payloads

 private:
  std::vector<const Source*> every_;
  std::vector<const Source*> pops_;
  std::vector<const Source*> examines_;
};

// Keeps the coordinates that all streams share; passes the others over. An absent fiber makes the
// result absent, once those beside it have been passed over.
template <class Token>
class Intersect final : public Join<Intersect<Token>, Token> {
  using Base = Join<Intersect, Token>;
  using Base::coordinate, Base::crd, Base::end, Base::give, Base::give_absent, Base::in_peace;
  using Base::items_, Base::payload, Base::sinks_, Base::sources_, Base::take, Base::values_;
  using Base::wake_writer, Base::width_;

 public:
  using Base::Base;

  bool meet() {
    if (values_ < width_) {
      return values_ == 0 ? give_absent()
                          : pass_over([this](std::size_t n) { return crd(n).code() == kValue; });
    }
    std::int32_t most = coordinate(0);
    bool agree = true;
    for (std::size_t n = 1; n < width_; ++n) {
      agree &= coordinate(n) == most;
      most = std::max(most, coordinate(n));
    }
    if (!agree) {
      if (width_ == 2 && in_peace() && pass_over_many()) return true;
      return pass_over([&](std::size_t n) { return coordinate(n) < most; });
    }
    items_.clear();
    for (std::size_t n = 0; n < width_; ++n) items_.push_back(read<Token>(payload(n)));
    if (!take([](std::size_t) { return true; })) return false;
    give(0, kValue, static_cast<Word>(most));
    for (std::size_t n = 0; n < width_; ++n) give(sinks_[n + 1], items_[n]);
    end();
    return true;
  }

 private:
  template <class Takes>
  bool pass_over(Takes&& takes) {
    if (!take(takes)) return false;
    end();
    return true;
  }

  // One of two sides, as far as its tokens lie one after another.
  struct Side {
    const int* codes;
    const int* payload_codes;
    const Word* crds;
    PopTimes crd;
    PopTimes payload;
    int crd_port, payload_port;
    std::int64_t count;
    std::int64_t at = 0;

    bool is_value() const {
      return at < count && codes[at] == kValue && payload_codes[at] <= kValue;
    }
    std::int32_t coordinate() const { return as_int(crds[at]); }
    // When its head is there, and the port that decides it.
    std::pair<Time, int> arrival() const {
      const Time first = crd.arrivals[at], second = payload.arrivals[at];
      if (first == second) return {first, std::min(crd_port, payload_port)};
      return first > second ? std::pair(first, crd_port) : std::pair(second, payload_port);
    }
    void pop(Time time) {
      crd.pops[at] = time;
      payload.pops[at] = time;
      ++at;
    }
  };
  Side side(std::size_t n) {
    Channel& crds = *crd(n).channel;
    Channel& payloads = *payload(n).channel;
    const std::int64_t count = payloads.poppable(crds.poppable(kMost));
    return {crds.head_codes(),    payloads.head_codes(), crds.head_words(), crds.pop_times(),
            payloads.pop_times(), crd(n).port,           payload(n).port,   count};
  }
  void popped(std::size_t n, const Side& side) {
    if (side.at == 0) return;
    for (const Source* source : {&crd(n), &payload(n)}) {
      source->channel->popped(side.at);
      wake_writer(*source->channel);
    }
  }

  // Passes over all that lies before the next coordinate that both share, as far as it is known.
  bool pass_over_many() {
    if (is_of_root()) return false;
    Side a = side(0), b = side(1);
    typename Base::LoneFirings firings(*this);
    while (a.is_value() && b.is_value() && a.coordinate() != b.coordinate()) {
      const auto [left, left_port] = a.arrival();
      const auto [right, right_port] = b.arrival();
      const bool is_left = left > right || (left == right && left_port < right_port);
      const Time time = is_left ? firings.next(left, left_port) : firings.next(right, right_port);
      (a.coordinate() < b.coordinate() ? a : b).pop(time);
    }
    popped(0, a);
    popped(1, b);
    return firings.end() > 0;
  }
  bool is_of_root() const {
    for (const Source& source : sources_) {
      if (source.port < 0) return true;
    }
    return false;
  }

  static constexpr std::int64_t kMost = 512;
};

// Pops coordinates as an intersection does, and answers each token with where the walk that sent it
// may go on: at the greatest coordinate at the heads; behind the fiber (`N`) if a side has none.
class Skip final : public Walker<Skip> {
 public:
  Skip(int number, const ContextSpec& spec, Fabric& fabric) : Walker(number, spec, fabric) {
    for (const Source& source : sources_) every_.push_back(&source);
  }

  bool step() {
    if (!all_there(every_)) return false;
    std::size_t stops = 0, values = 0;
    std::int32_t most = std::numeric_limits<std::int32_t>::min();
    bool agree = true;
    for (const Source* crd : every_) {
      stops += !crd->is_payload();
      if (crd->code() != kValue) continue;
      agree &= values == 0 || as_int(crd->word()) == most;
      most = std::max(most, as_int(crd->word()));
      ++values;
    }
    if (stops == every_.size()) return pass_on(every_);
    if (values == every_.size()) {
      return answer({kValue, static_cast<Word>(most)},
                    [&](const Source& crd) { return agree || as_int(crd.word()) < most; });
    }
    const int taken = values > 0 ? kValue : kEmpty;
    return answer({kEmpty, 0}, [&](const Source& crd) { return crd.code() == taken; });
  }

 private:
  template <class Takes>
  bool answer(Item item, Takes&& takes) {
    pops_.clear();
    examines_.clear();
    roles_.clear();
    for (std::size_t n = 0; n < every_.size(); ++n) {
      const bool is_taken = takes(*every_[n]);
      (is_taken ? pops_ : examines_).push_back(every_[n]);
      if (is_taken) roles_.push_back(n);
    }
    if (!fire(pops_, examines_)) return false;
    for (const std::size_t role : roles_) give(role, item.code, item.word);
    end();
    return true;
  }

  std::vector<const Source*> every_, pops_, examines_;
  std::vector<std::size_t> roles_;
};

// Keeps the coordinates that any stream has, with `N` for the payloads of the others. An absent
// fiber adds nothing: its `N` goes with the first coordinate beside it.
template <class Token>
class Union final : public Join<Union<Token>, Token> {
  using Base = Join<Union, Token>;
  using Base::coordinate, Base::crd, Base::end, Base::give, Base::give_absent, Base::items_;
  using Base::payload, Base::sinks_, Base::take, Base::width_;

 public:
  using Base::Base;

  bool meet() {
    std::size_t absences = 0;
    bool found = false;
    std::int32_t least = 0;
    for (std::size_t n = 0; n < width_; ++n) {
      absences += crd(n).code() == kEmpty;
      if (crd(n).code() != kValue || (found && coordinate(n) >= least)) continue;
      least = coordinate(n);
      found = true;
    }
    if (absences == width_) return give_absent();
    Token absent{};
    absent.code = kEmpty;
    items_.assign(width_, absent);
    for (std::size_t n = 0; n < width_; ++n) {
      if (crd(n).code() == kValue && coordinate(n) == least) items_[n] = read<Token>(payload(n));
    }
    const auto takes = [&](std::size_t n) {
      const int code = crd(n).code();
      return code == kEmpty || (code == kValue && coordinate(n) == least);
    };
    if (!take(takes)) return false;
    if (found) {
      give(0, kValue, static_cast<Word>(least));
      for (std::size_t n = 0; n < width_; ++n) give(sinks_[n + 1], items_[n]);
    }
    end();
    return true;
  }
};

template <class Token>
std::unique_ptr<Process> make(int number, const ContextSpec& spec, Fabric& fabric) {
  if (spec.kind == ContextKind::unite) {
    return std::make_unique<Union<Token>>(number, spec, fabric);
  }
  return std::make_unique<Intersect<Token>>(number, spec, fabric);
}

}  // namespace

std::unique_ptr<Process> make_join(int number, const ContextSpec& spec, Fabric& fabric) {
  if (spec.kind == ContextKind::skip) return std::make_unique<Skip>(number, spec, fabric);
  if (is_wide(spec, spec.sparse->inputs.size() / 2)) return make<WideItem>(number, spec, fabric);
  return make<Item>(number, spec, fabric);
}

}  // namespace rdu::engine
