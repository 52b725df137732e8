// Where bit vectors of several streams meet, each with the reference of its first bit.
//
// A firing for each bit of the result, one for a word without: the first pops the words that the
// result comes of and sends it, each sends the references of a bit. A stream that is at its stop
// when others have their first word has none in this fiber.
#include "engine/sparse/bits.hpp"
#include "engine/sparse/primitives.hpp"

namespace rdu::engine {

namespace {

template <bool kUnites>
class MeetBits final : public Walker<MeetBits<kUnites>> {
 public:
  MeetBits(int number, const ContextSpec& spec, Fabric& fabric)
      : Walker<MeetBits>(number, spec, fabric), sides_(this->sources_.size() / 2) {
    for (const Source& source : this->sources_) every_.push_back(&source);
  }

  bool step() {
    if (left_ != 0) {
      if (!this->fire({})) return false;
      give_refs();
      this->end();
      return true;
    }
    if (!this->all_there(this->sources_)) return false;
    std::size_t stops = 0, absences = 0;
    for (std::size_t n = 0; n < sides_.size(); ++n) {
      const int code = word(n).code();
      if (!this->expect(code, std::array{&ref(n)}, every_)) return false;
      stops += code > kValue;
      absences += code == kEmpty;
    }
    if (stops == sides_.size()) {
      if (!this->pass_on(every_)) return false;
      has_begun_ = false;
      return true;
    }
    const bool has_words = stops + absences < sides_.size();
    if (absences > 0 && (!kUnites || !has_words)) return pass_over(has_words, absences);
    return meet();
  }

 private:
  struct Side {
    bool has_words;
    Word word;
    Item ref;
  };

  const Source& word(std::size_t side) const { return this->sources_[side]; }
  const Source& ref(std::size_t side) const { return this->sources_[sides_.size() + side]; }

  // Fires, popping the sides for which `takes` holds and looking at the others.
  template <class Takes>
  bool take(Takes&& takes) {
    pops_.clear();
    examines_.clear();
    for (std::size_t n = 0; n < sides_.size(); ++n) {
      auto& part = takes(n) ? pops_ : examines_;
      part.push_back(&word(n));
      part.push_back(&ref(n));
    }
    return this->fire(pops_, examines_);
  }

  // Passes words beside an absence over, then pops that.
  bool pass_over(bool has_words, std::size_t absences) {
    const bool skips = has_words && !kUnites;
    const int taken = skips ? kValue : kEmpty;
    if (!take([&](std::size_t n) { return word(n).code() == taken; })) return false;
    if (!skips && (!kUnites || absences == sides_.size())) this->give_all(kEmpty);
    has_begun_ = false;
    this->end();
    return true;
  }

  // Takes a word of each side that has them, and what is absent beside them.
  bool meet() {
    for (std::size_t n = 0; n < sides_.size(); ++n) {
      const bool has_words = has_begun_ ? sides_[n].has_words : word(n).code() == kValue;
      if (has_words && !this->expect(kValue, std::array{&word(n)}, every_)) return false;
    }
    met_.assign(sides_.begin(), sides_.end());
    Word bits = 0;
    for (std::size_t n = 0; n < sides_.size(); ++n) {
      Side& side = met_[n];
      if (!has_begun_) side.has_words = word(n).code() == kValue;
      side.word = side.has_words ? word(n).word() : 0;
      side.ref = side.has_words ? Item{ref(n).code(), ref(n).word()} : Item{kEmpty, 0};
      bits = n == 0 ? side.word : kUnites ? bits | side.word : bits & side.word;
    }
    const auto takes = [&](std::size_t n) { return met_[n].has_words || word(n).code() == kEmpty; };
    if (!take(takes)) return false;
    sides_.swap(met_);
    has_begun_ = true;
    left_ = bits;
    this->give(0, kValue, bits);
    if (bits != 0) give_refs();
    this->end();
    return true;
  }

  void give_refs() {
    const int bit = std::countr_zero(left_);
    left_ &= left_ - 1;
    for (std::size_t n = 0; n < sides_.size(); ++n) {
      this->give(this->sinks_[1 + n], child_of(sides_[n].word, sides_[n].ref, bit));
    }
  }

  std::vector<Side> sides_;  // in this fiber
  std::vector<Side> met_;
  bool has_begun_ = false;  // whether the fiber's first words have been taken
  Word left_ = 0;           // bits of the result whose references are not sent
  std::vector<const Source*> every_;
  std::vector<const Source*> pops_;
  std::vector<const Source*> examines_;
};

}  // namespace

std::unique_ptr<Process> make_meet(int number, const ContextSpec& spec, Fabric& fabric) {
  if (spec.kind == ContextKind::unite_bits) {
    return std::make_unique<MeetBits<true>>(number, spec, fabric);
  }
  return std::make_unique<MeetBits<false>>(number, spec, fabric);
}

}  // namespace rdu::engine
