// Bit trees: bits under which no bit is set are cleared, and their fibers left out.
//
// A word stands at its head until the fiber of its last bit ends: then it is popped, and what is
// left of it sent. Where a stop ends the last fiber and those around it, the firing that pops the
// word only looks at it. Under `N` there is one fiber, which stays. The inner level leaves as in
// `Kept`.
#include "engine/sparse/bits.hpp"
#include "engine/sparse/kept.hpp"
#include "engine/sparse/primitives.hpp"

namespace rdu::engine {

namespace {

class DropBits final : public Walker<DropBits> {
 public:
  using Walker::Walker;

  bool step() {
    if (!there(outer())) return false;
    if (!outer().is_payload()) return close(outer().code());
    if (outer().code() == kEmpty) return look_inside(1);
    if (outer().word() != 0) return look_inside(outer().word());
    if (!fire({&outer()})) return false;
    give(0, kValue, 0);
    finish();
    return true;
  }

 private:
  const Source& outer() const { return sources_[0]; }
  const Source& inner() const { return sources_[1]; }
  std::array<const Source*, 2> both() const { return {&outer(), &inner()}; }

  // Sends what is late, and ends the firing.
  void finish() {
    if (kept_.is_late()) give(sinks_[1], kept_.send());
    end();
  }

  // The next firing at a word with bits, which the inner level decides.
  bool look_inside(Word bits) {
    if (!there(inner())) return false;
    const Item token{inner().code(), inner().word()};
    const Word left = has_begun_ ? left_ : bits;
    if (is_over_ && !expect(token.code - 1, std::array{&outer()}, both())) return false;
    const bool is_last = (left & (left - 1)) == 0;
    if (token.code == kDone || (token.code > 0 && !is_last)) {
      if (!expect(0, std::array{&inner()}, both())) return false;
    }
    if (token.code <= kValue) return take(token, left);
    return end_fiber(token.code, left, is_last);
  }

  bool take(Item token, Word left) {
    const bool tells = outer().code() == kEmpty || (token.code == kValue && token.word != 0);
    if (!fire({&inner()}, {&outer()})) return false;
    kept_.take(token, tells);
    has_begun_ = true;
    left_ = left;
    if (tells) stay_ |= left & (~left + 1);
    finish();
    return true;
  }

  // Ends the fiber of the lowest bit that is left; of the last, the word.
  bool end_fiber(int code, Word left, bool is_last) {
    const bool moves = code == 0;
    const int kind = outer().code();
    pops_.clear();
    examines_.clear();
    (moves ? pops_ : examines_).push_back(&inner());
    (is_last ? pops_ : examines_).push_back(&outer());
    if (!fire(pops_, examines_)) return false;
    if (kind == kEmpty && !kept_.stays()) kept_.open();
    kept_.end();
    if (is_last) give(0, kind, kind == kEmpty ? 0 : stay_);
    has_begun_ = !is_last;
    left_ = left & (left - 1);
    if (is_last) {
      stay_ = 0;
      is_over_ = !moves;
      is_due_ = moves;
    }
    finish();
    return true;
  }

  // A stop of the outer level: it moves if nothing is late.
  bool close(int code) {
    const auto heads = both();
    if (!there(inner())) return false;
    const int need = code == kDone ? kDone : code + 1;
    const bool lacks = is_due_ && code != kDone && !inner().is_payload();
    if (!expect(lacks ? kValue : need, std::array{&inner()}, heads)) return false;
    if (kept_.is_late() || (code == kDone && kept_.due())) {
      if (!fire({}, heads)) return false;
      if (code == kDone && kept_.due()) kept_.open();
      finish();
      return true;
    }
    if (code == kDone) return pass_on(heads);
    if (!fire(heads)) return false;
    give(0, code);
    give(1, need);
    kept_.close();
    is_over_ = is_due_ = false;
    end();
    return true;
  }

  Kept kept_{0};
  bool has_begun_ = false;  // whether a token under the word at the head has been taken
  Word left_ = 0;           // of its bits, those whose fibers have not ended
  Word stay_ = 0;           // and those before under which something is set
  bool is_over_ = false;    // whether the last fiber under the fiber of words has ended
  bool is_due_ = false;     // whether another one has to follow
  std::vector<const Source*> pops_;
  std::vector<const Source*> examines_;
};

}  // namespace

std::unique_ptr<Process> make_bit_tree(int number, const ContextSpec& spec, Fabric& fabric) {
  return std::make_unique<DropBits>(number, spec, fabric);
}

}  // namespace rdu::engine
