// Values: what is computed and folded one token after another.
#include "engine/sparse/primitives.hpp"

namespace rdu::engine {

namespace {

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
    std::size_t next = 0, n = 0;
    for (int input : sparse_.inputs) {
      if (input == SparseSpec::kConstant) {
        operands[n++] = sparse_.constant;
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

// Folds each fiber from left to right; the level above tells fibers that are empty.
class Reduce final : public Walker<Reduce> {
 public:
  Reduce(int number, const ContextSpec& spec, Fabric& fabric)
      : Walker(number, spec, fabric), total_(sparse_.identity) {}

  bool step() {
    const Source& values = sources_[0];
    const Source& outer = sources_[1];
    if (!there(values)) return false;
    const int code = values.code();
    if (code <= kValue) {
      const Word value = code == kEmpty ? 0 : values.word();
      if (!fire({&values})) return false;
      total_ = sparse_.function->single(total_, value, 0);
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
    give(0, closes ? above : kValue, closes ? 0 : total_);
    fiber_ = closes ? Fiber::none : code == 0 ? Fiber::open : Fiber::closed;
    total_ = sparse_.identity;
    end();
    return true;
  }

 private:
  enum class Fiber {
    none,    // a fiber may follow, or a stop of both levels
    open,    // a fiber has begun, whose token is still to come
    closed,  // its token was taken, its stop was not
  };

  Fiber fiber_ = Fiber::none;
  Word total_;
};

}  // namespace

std::unique_ptr<Process> make_apply(int number, const ContextSpec& spec, Fabric& fabric) {
  return std::make_unique<Apply>(number, spec, fabric);
}

std::unique_ptr<Process> make_reduce(int number, const ContextSpec& spec, Fabric& fabric) {
  return std::make_unique<Reduce>(number, spec, fabric);
}

}  // namespace rdu::engine
