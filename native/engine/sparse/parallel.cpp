// One stream shared out over several branches, and branches brought together again.
#include "engine/sparse/primitives.hpp"

namespace rdu::engine {

namespace {

// Sends so many tokens to a branch in turn, and stops to all.
template <class Token>
class Fork final : public Walker<Fork<Token>> {
 public:
  using Walker<Fork>::Walker;

  bool step() {
    const Source& stream = this->sources_[0];
    if (!this->there(stream)) return false;
    const auto token = read<Token>(stream);
    if (token.code > kValue) return this->pass_on(std::array{&stream});
    if (!this->fire({&stream})) return false;
    const auto turn = static_cast<std::size_t>(sent_++ / this->sparse_.settings[0]);
    this->give(this->sinks_[turn % this->sinks_.size()], token);
    this->end();
    return true;
  }

 private:
  std::int64_t sent_ = 0;
};

// Sends the rows of branches in the order of `like`, the stream that was forked.
//
// Where a branch stands at a stop that ends its fiber, its row has ended: if it had no tokens, that
// of `like` takes a firing; if `like` goes on, the stop in front of the next row takes one that
// pops nothing. Stops of `like` wait until all branches have theirs.
template <class Token>
class Rejoin final : public Walker<Rejoin<Token>> {
  using Base = Walker<Rejoin>;
  using Base::all_there, Base::end, Base::expect, Base::fire, Base::give, Base::pass_on;
  using Base::sinks_, Base::sources_, Base::sparse_, Base::there;

 public:
  Rejoin(int number, const ContextSpec& spec, Fabric& fabric)
      : Base(number, spec, fabric),
        chunk_(sparse_.settings[0]),
        gap_(static_cast<int>(sparse_.settings[1])),
        is_over_(sources_.size() - 1, false),
        is_due_(sources_.size() - 1, false) {
    for (const Source& source : sources_) every_.push_back(&source);
  }

  bool step() {
    const auto number = static_cast<std::size_t>((taken_ - is_open_) / chunk_) % is_over_.size();
    const Source& branch = sources_[1 + number];
    if (is_open_) {
      if (!there(branch)) return false;
      if (is_of_row(branch)) return send(branch, number, false);
    }
    if (!there(like())) return false;
    if (!like().is_payload()) return close(like().code());
    return is_open_ ? separate(branch, number) : take(branch, number);
  }

 private:
  const Source& like() const { return sources_[0]; }
  // Whether a branch has a token of a row, or its end: no stop of more levels.
  bool is_of_row(const Source& branch) const {
    const int code = branch.code();
    return code <= kValue || (code != kDone && code < gap_);
  }

  bool send(const Source& branch, std::size_t number, bool takes) {
    const auto token = read<Token>(branch);
    if (!(takes ? fire({&branch, &like()}) : fire({&branch}))) return false;
    give(sinks_[0], token);
    taken_ += takes;
    is_due_[number] = gap_ > 0 && token.code == gap_ - 1;
    is_open_ = gap_ > 0 && !is_due_[number];
    end();
    return true;
  }

  // Takes a token of `like`, with the first of its row.
  bool take(const Source& branch, std::size_t number) {
    const std::array<const Source*, 2> both{&branch, &like()};
    if (!there(branch)) return false;
    if (is_of_row(branch)) return send(branch, number, true);
    const int code = branch.code();
    if (gap_ == 0 || code == kDone) {
      if (!expect(kValue, std::array{&branch}, both)) return false;
    } else if (is_over_[number]) {
      if (!expect(code - gap_, std::array{&like()}, both)) return false;
    }
    if (!fire({&like()}, {&branch})) return false;
    ++taken_;
    is_open_ = true;
    is_over_[number] = true;
    is_due_[number] = false;
    end();
    return true;
  }

  // Sends the stop between two rows, which the branch has not.
  bool separate(const Source& branch, std::size_t number) {
    const std::array<const Source*, 2> both{&branch, &like()};
    if (branch.code() == kDone && !expect(gap_ - 1, std::array{&branch}, both)) return false;
    if (!fire({}, both)) return false;
    give(0, gap_ - 1);
    is_open_ = false;
    is_over_[number] = true;
    end();
    return true;
  }

  // A stop of `like`, or its end.
  bool close(int code) {
    if (!all_there(sources_)) return false;
    if (code == kDone) return pass_on(every_);
    for (std::size_t number = 0; number < is_due_.size(); ++number) {
      const Source& branch = sources_[1 + number];
      const bool lacks = is_due_[number] && !branch.is_payload();
      if (!expect(lacks ? kValue : code + gap_, std::array{&branch}, every_)) return false;
    }
    if (!fire(every_)) return false;
    give(0, code + gap_);
    is_open_ = false;
    is_over_.assign(is_over_.size(), false);
    is_due_.assign(is_due_.size(), false);
    end();
    return true;
  }

  const std::int64_t chunk_;
  const int gap_;
  std::vector<bool> is_over_;  // branches whose last row in this fiber has ended
  std::vector<bool> is_due_;   // whether another row of a branch has to follow
  std::vector<const Source*> every_;
  std::int64_t taken_ = 0;  // tokens of `like`
  bool is_open_ = false;    // whether the row of the last one has not ended
};

}  // namespace

std::unique_ptr<Process> make_parallel(int number, const ContextSpec& spec, Fabric& fabric) {
  const bool forks = spec.kind == ContextKind::fork;
  if (is_wide(spec, forks ? 0 : 1)) {
    if (forks) return std::make_unique<Fork<WideItem>>(number, spec, fabric);
    return std::make_unique<Rejoin<WideItem>>(number, spec, fabric);
  }
  if (forks) return std::make_unique<Fork<Item>>(number, spec, fabric);
  return std::make_unique<Rejoin<Item>>(number, spec, fabric);
}

}  // namespace rdu::engine
