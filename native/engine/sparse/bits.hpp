// Words of bits, lowest coordinates first.
#pragma once

#include <bit>

#include "engine/sparse/source.hpp"

namespace rdu::engine {

inline constexpr int kWordBits = 32;

// The bits below a place; it may be that behind the last.
inline Word bits_below(Word word, std::int64_t place) {
  return place >= kWordBits ? word : word & ((Word{1} << place) - 1);
}

// The reference of a bit, given that of the word's first: `N` if the bit is not set.
inline Item child_of(Word word, Item ref, int bit) {
  if (ref.code == kEmpty || (word >> bit & 1) == 0) return {kEmpty, 0};
  return {kValue, ref.word + static_cast<Word>(std::popcount(bits_below(word, bit)))};
}

}  // namespace rdu::engine
