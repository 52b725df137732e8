// Coordinates as bit vectors: words that are built, expanded and cut.
#include "engine/sparse/bits.hpp"

#include "engine/sparse/primitives.hpp"

namespace rdu::engine {

namespace {

// Collects the coordinates of a fiber in a word, which leaves in front of its stop, in a firing
// that pops nothing. `N` goes through.
class BuildBits final : public Walker<BuildBits> {
 public:
  using Walker::Walker;

  bool step() {
    const Source& crds = sources_[0];
    if (!there(crds)) return false;
    const int code = crds.code();
    const std::int32_t crd = as_int(crds.word());
    if (code > kValue) {
      if (word_ == 0) return pass_on(std::array{&crds});
      if (!fire({}, {&crds})) return false;
      give(0, kValue, word_);
      word_ = 0;
      end();
      return true;
    }
    if (code == kValue && !within(crd, kWordBits, crds, std::array{&crds})) return false;
    if (!fire({&crds})) return false;
    if (code == kEmpty) {
      give(0, kEmpty);
      word_ = 0;
    } else {
      word_ |= Word{1} << crd;
    }
    end();
    return true;
  }

 private:
  Word word_ = 0;
};

// Sends the coordinate of each bit of a word, which is popped with its first. `N` goes through.
class ExpandBits final : public Walker<ExpandBits> {
 public:
  using Walker::Walker;

  bool step() {
    if (left_ != 0) return fire({}) && send();
    const Source& words = sources_[0];
    if (!there(words)) return false;
    const Item word{words.code(), words.word()};
    if (word.code > kValue) {
      if (!pass_on(std::array{&words})) return false;
      first_ = 0;
      return true;
    }
    if (!fire({&words})) return false;
    if (word.code == kEmpty) {
      give(0, kEmpty);
      first_ = 0;
      end();
      return true;
    }
    left_ = word.word;
    return send();
  }

 private:
  bool send() {
    if (left_ != 0) give(0, kValue, static_cast<Word>(first_ + std::countr_zero(left_)));
    left_ &= left_ - 1;
    if (left_ == 0) first_ += sparse_.settings[0];
    end();
    return true;
  }

  Word left_ = 0;
  std::int64_t first_ = 0;  // the first coordinate of the word
};

// Cuts a word into chunks, the first of which pops the word. `N` goes through.
class ChunkBits final : public Walker<ChunkBits> {
 public:
  ChunkBits(int number, const ContextSpec& spec, Fabric& fabric)
      : Walker(number, spec, fabric), width_(sparse_.settings[0]), extent_(sparse_.settings[1]) {}

  bool step() {
    if (low_ > 0) return fire({}) && send();
    const Source& words = sources_[0];
    const Source& refs = sources_[1];
    const std::array<const Source*, 2> both{&words, &refs};
    if (!there(words, refs)) return false;
    if (!words.is_payload()) return pass_on(both);
    if (!expect(kValue, std::span(both).subspan(1), both)) return false;
    const int code = words.code();
    const Word word = words.word();
    const Item ref{refs.code(), refs.word()};
    if (!fire(both)) return false;
    if (code == kEmpty) {
      give_all(kEmpty);
      end();
      return true;
    }
    word_ = word;
    ref_ = ref;
    return send();
  }

 private:
  bool send() {
    const auto below = static_cast<Word>(std::popcount(bits_below(word_, low_)));
    give(0, kValue, bits_below(word_ >> low_, width_));
    give(sinks_[1], {ref_.code, ref_.code == kEmpty ? 0 : ref_.word + below});
    low_ += width_;
    if (low_ >= extent_) low_ = 0;
    end();
    return true;
  }

  const std::int64_t width_;
  const std::int64_t extent_;
  Word word_ = 0;
  Item ref_{};
  std::int64_t low_ = 0;  // where the next chunk begins; 0 if no word is held
};

}  // namespace

std::unique_ptr<Process> make_bits(int number, const ContextSpec& spec, Fabric& fabric) {
  switch (spec.kind) {
    case ContextKind::build_bits:
      return std::make_unique<BuildBits>(number, spec, fabric);
    case ContextKind::expand_bits:
      return std::make_unique<ExpandBits>(number, spec, fabric);
    default:
      return std::make_unique<ChunkBits>(number, spec, fabric);
  }
}

}  // namespace rdu::engine
