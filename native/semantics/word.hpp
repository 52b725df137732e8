// A word is what a lane carries: the bits of an f32, an i32, a bf16 as the f32 of the same value,
// or an i1 as 0 or 1.
#pragma once

#include <bit>
#include <cstdint>

namespace rdu {

using Word = std::uint32_t;

inline constexpr Word kCanonicalNan = 0x7FC00000;

inline float as_float(Word word) { return std::bit_cast<float>(word); }
inline std::int32_t as_int(Word word) { return std::bit_cast<std::int32_t>(word); }
inline Word bits(float value) { return std::bit_cast<Word>(value); }
inline Word bits(std::int32_t value) { return std::bit_cast<Word>(value); }

// The one NaN that operations return.
inline Word canonical(float value) { return value == value ? bits(value) : kCanonicalNan; }

// Rounds an f32 to bf16, to nearest even.
inline Word to_bf16(Word word) {
  const Word rounded = (word + 0x7FFF + (word >> 16 & 1)) & 0xFFFF0000;
  return as_float(word) == as_float(word) ? rounded : kCanonicalNan;
}

}  // namespace rdu
