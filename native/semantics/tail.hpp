// Tail functions, operation by operation as in rdu.semantics.tail; never contracted, never libm's.
#pragma once

#include <cmath>
#include <cstddef>
#include <limits>

#include "semantics/tail_coefficients.h"
#include "semantics/word.hpp"

namespace rdu::tail {

inline constexpr float kInfinity = std::numeric_limits<float>::infinity();
inline constexpr float kSmallestNormal = std::numeric_limits<float>::min();
inline constexpr Word kSignBit = 0x80000000;
inline constexpr Word kSqrtHalfBits = 0x3F3504F3;

template <std::size_t N>
inline float horner(const float (&coefficients)[N], float x) {
  float p = coefficients[N - 1];
  for (std::size_t i = N - 1; i-- > 0;) p = p * x + coefficients[i];
  return p;
}

inline float magnitude(float x) { return as_float(bits(x) & ~kSignBit); }
inline float copy_sign(float x, float sign) {
  return as_float((bits(x) & ~kSignBit) | (bits(sign) & kSignBit));
}
inline float power_of_two(std::int32_t n) { return as_float(static_cast<Word>(n + 127) << 23); }

inline float exp(float x) {
  const float inside = (x >= kExpUnderflow) & (x <= kExpOverflow) ? x : 0.0f;
  const float n = (inside * kLog2E + kRound) - kRound;
  const float r = (inside - n * kLn2High) - n * kLn2Low;
  const float p = 1.0f + (r + (r * r) * horner(kExp, r));
  const auto whole = static_cast<std::int32_t>(n);
  const std::int32_t half = whole >> 1;
  float y = (p * power_of_two(half)) * power_of_two(whole - half);
  y = x > kExpOverflow ? kInfinity : y;
  y = x < kExpUnderflow ? 0.0f : y;
  return as_float(canonical(x == x ? y : x));
}

inline float log(float x) {
  const bool subnormal = x < kSmallestNormal;
  const Word word = bits(subnormal ? x * kTwoP23 : x);
  std::int32_t k = as_int(word - kSqrtHalfBits) >> 23;
  const float f = as_float(word - (static_cast<Word>(k) << 23)) - 1.0f;
  k = subnormal ? k - 23 : k;
  const auto exponent = static_cast<float>(k);
  const float s = f / (2.0f + f);
  const float z = s * s;
  const float h = (0.5f * f) * f;
  const float rest = s * (h + z * horner(kLog, z)) + exponent * kLn2Low;
  float y = exponent * kLn2High - ((h - rest) - f);
  y = x == kInfinity ? kInfinity : y;
  y = x == 0.0f ? -kInfinity : y;
  return x >= 0.0f ? as_float(canonical(y)) : as_float(kCanonicalNan);
}

inline float tanh(float x) {
  const float size = magnitude(x);
  const float z = size * size;
  const float small = size + (size * z) * horner(kTanh, z);
  float large = 1.0f - 2.0f / (exp(size + size) + 1.0f);
  large = size >= kTanhOne ? 1.0f : large;
  const float y = copy_sign(size < kTanhSplit ? small : large, x);
  return as_float(canonical(x == x ? y : x));
}

inline float erf(float x) {
  const float size = magnitude(x);
  const float small = size + size * horner(kErf, size * size);
  float large = 1.0f - exp(horner(kErfc, size));
  large = size >= kErfOne ? 1.0f : large;
  const float y = copy_sign(size <= 1.0f ? small : large, x);
  return as_float(canonical(x == x ? y : x));
}

inline float rsqrt(float x) { return as_float(canonical(1.0f / std::sqrt(x))); }

}  // namespace rdu::tail
