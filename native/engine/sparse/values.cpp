// Values: what is computed and folded one token after another.
#include "engine/sparse/primitives.hpp"

namespace rdu::engine {

namespace {

using Lanes = std::array<Word, kMaxLanes>;

// A function of values; an absent one is a zero.
class Apply final : public Walker<Apply> {
 public:
  Apply(int number, const ContextSpec& spec, Fabric& fabric) : Walker(number, spec, fabric) {
    for (const Source& source : sources_) every_.push_back(&source);
  }

  bool step() {
    if (!all_there(sources_)) return false;
    if (!sources_[0].is_payload()) return pass_on(every_);
    if (!expect(kValue, every_, every_)) return false;
    std::array<Word, 3> operands{};
    std::size_t next = 0, constant = 0, n = 0;
    for (int input : sparse_.inputs) {
      if (input == SparseSpec::kConstant) {
        operands[n++] = sparse_.constants[constant++];
        continue;
      }
      const Source& source = sources_[next++];
      operands[n++] = source.code() == kEmpty ? 0 : source.word();
    }
    if (!fire(every_)) return false;
    give(0, kValue, sparse_.function->single(operands[0], operands[1], operands[2]));
    end();
    return true;
  }

 private:
  std::vector<const Source*> every_;
};

// The same of vectors, lane by lane, and of scalars, which stand on all lanes.
class ApplyLanes final : public Walker<ApplyLanes> {
 public:
  ApplyLanes(int number, const ContextSpec& spec, Fabric& fabric) : Walker(number, spec, fabric) {
    for (const Source& source : sources_) every_.push_back(&source);
    std::size_t constant = 0;
    for (std::size_t n = 0; n < sparse_.inputs.size(); ++n) {
      if (sparse_.inputs[n] == SparseSpec::kConstant) {
        operands_[n].fill(sparse_.constants[constant++]);
      }
    }
  }

  bool step() {
    if (!all_there(sources_)) return false;
    if (!sources_[0].is_payload()) return pass_on(every_);
    if (!expect(kValue, every_, every_)) return false;
    std::size_t next = 0;
    for (std::size_t n = 0; n < sparse_.inputs.size(); ++n) {
      if (sparse_.inputs[n] == SparseSpec::kConstant) continue;
      take_lanes(sources_[next++], operands_[n].data());
    }
    if (!fire(every_)) return false;
    Lanes result;
    sparse_.function->loop(result.data(), operands_[0].data(), operands_[1].data(),
                           operands_[2].data(), static_cast<std::size_t>(sparse_.lanes));
    give_lanes(0, result.data());
    end();
    return true;
  }

 private:
  std::vector<const Source*> every_;
  std::array<Lanes, 3> operands_;
};

// Folds the lanes of each vector by the tree of neighbouring pairs.
class Fold final : public Walker<Fold> {
 public:
  using Walker::Walker;

  bool step() {
    const Source& vectors = sources_[0];
    if (!there(vectors)) return false;
    if (!vectors.is_payload()) return pass_on(std::array{&vectors});
    Lanes lanes;
    take_lanes(vectors, lanes.data());
    if (!fire({&vectors})) return false;
    const auto count = static_cast<std::size_t>(sparse_.lanes);
    give(0, kValue, sparse_.function->tree(lanes.data(), count));
    end();
    return true;
  }
};

// Folds each fiber from left to right; the level above tells fibers that are empty.
template <bool kWide>
class Reduce final : public Walker<Reduce<kWide>> {
  using Base = Walker<Reduce>;
  using Base::end, Base::expect, Base::fire, Base::give, Base::give_lanes, Base::pass_on;
  using Base::sources_, Base::sparse_, Base::take_lanes, Base::there;

 public:
  Reduce(int number, const ContextSpec& spec, Fabric& fabric) : Base(number, spec, fabric) {
    start();
  }

  bool step() {
    const Source& values = sources_[0];
    const Source& outer = sources_[1];
    if (!there(values)) return false;
    const int code = values.code();
    if (code <= kValue) {
      const Value value = take(values);
      if (!fire({&values})) return false;
      add(value);
      fiber_ = Fiber::open;
      end();
      return true;
    }
    if (!there(outer)) return false;
    if (code == kDone) return pass_on(std::array{&values, &outer});
    // A stop of both levels comes behind the token of the last fiber, if there is one.
    const bool closes =
        code > 0 && fiber_ != Fiber::open && (fiber_ == Fiber::closed || !outer.is_payload());
    const std::array<const Source*, 1> upper{&outer};
    const std::array<const Source*, 2> both{&values, &outer};
    if (!expect(closes ? code - 1 : kValue, upper, both)) return false;
    const int above = outer.code();
    if (!(closes || code == 0 ? fire({&values, &outer}) : fire({&outer}, {&values}))) return false;
    if (closes) {
      give(0, above);
    } else {
      give_total();
    }
    fiber_ = closes ? Fiber::none : code == 0 ? Fiber::open : Fiber::closed;
    start();
    end();
    return true;
  }

 private:
  enum class Fiber {
    none,    // a fiber may follow, or a stop of both levels
    open,    // a fiber has begun, whose token is still to come
    closed,  // its token was taken, its stop was not
  };

  using Value = std::conditional_t<kWide, Lanes, Word>;

  void start() {
    if constexpr (kWide) {
      total_.fill(sparse_.identity);
    } else {
      total_ = sparse_.identity;
    }
  }
  Value take(const Source& values) const {
    if constexpr (kWide) {
      Lanes lanes;
      take_lanes(values, lanes.data());
      return lanes;
    } else {
      return values.code() == kEmpty ? 0 : values.word();
    }
  }
  void add(const Value& value) {
    if constexpr (kWide) {
      const auto lanes = static_cast<std::size_t>(sparse_.lanes);
      sparse_.function->loop(total_.data(), total_.data(), value.data(), value.data(), lanes);
    } else {
      total_ = sparse_.function->single(total_, value, 0);
    }
  }
  void give_total() {
    if constexpr (kWide) {
      give_lanes(0, total_.data());
    } else {
      give(0, kValue, total_);
    }
  }

  Fiber fiber_ = Fiber::none;
  Value total_;
};

}  // namespace

std::unique_ptr<Process> make_apply(int number, const ContextSpec& spec, Fabric& fabric) {
  if (spec.sparse->lanes > 1) return std::make_unique<ApplyLanes>(number, spec, fabric);
  return std::make_unique<Apply>(number, spec, fabric);
}

std::unique_ptr<Process> make_reduce(int number, const ContextSpec& spec, Fabric& fabric) {
  if (spec.sparse->lanes > 1) return std::make_unique<Reduce<true>>(number, spec, fabric);
  return std::make_unique<Reduce<false>>(number, spec, fabric);
}

std::unique_ptr<Process> make_fold(int number, const ContextSpec& spec, Fabric& fabric) {
  return std::make_unique<Fold>(number, spec, fabric);
}

}  // namespace rdu::engine
