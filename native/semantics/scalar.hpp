// Every scalar operation on words, as rdu.semantics.scalar defines it.
#pragma once

#include <cmath>
#include <limits>

#include "semantics/opcodes.h"
#include "semantics/tail.hpp"
#include "semantics/word.hpp"

namespace rdu {

// Fused multiply-add: exact product in f64, sum rounded to odd, then once to f32.
inline float fused_multiply_add(float a, float b, float c) {
  const double product = static_cast<double>(a) * static_cast<double>(b);
  const auto addend = static_cast<double>(c);
  const double total = product + addend;
  const double kept = total - addend;
  const double error = (product - kept) + (addend - (total - kept));
  const auto word = std::bit_cast<std::int64_t>(total);
  const bool finite = std::abs(total) <= std::numeric_limits<double>::max();
  const bool inexact = finite & (error != 0.0) & ((word & 1) == 0);
  const std::int64_t odd = word + ((error > 0.0) == (total > 0.0) ? 1 : -1);
  return static_cast<float>(std::bit_cast<double>(inexact ? odd : word));
}

// Towards zero; x / 0 = -1; INT_MIN / -1 = INT_MIN.
inline Word quotient(std::int32_t a, std::int32_t b) {
  if (b == 0) return ~Word{0};
  return static_cast<Word>(static_cast<std::int64_t>(a) / b);
}

// Sign of the dividend; x % 0 = x; INT_MIN % -1 = 0.
inline Word remainder(std::int32_t a, std::int32_t b) {
  if (b == 0) return bits(a);
  return static_cast<Word>(static_cast<std::int64_t>(a) % b);
}

// NaN wins, and -0 < +0.
template <bool greatest>
inline Word extremum(Word x, Word y) {
  const float a = as_float(x);
  const float b = as_float(y);
  const Word tie = greatest ? x & y : x | y;
  const bool first = greatest ? a > b : a < b;
  const bool second = greatest ? b > a : b < a;
  const Word chosen = first ? x : second ? y : tie;
  return (a == a) & (b == b) ? chosen : kCanonicalNan;
}

// Towards zero; out of range gives the nearest end of the range, NaN gives INT_MAX.
inline Word float_to_int(float a) {
  constexpr float kEnd = 2147483648.0f;
  const bool inside = (a >= -kEnd) & (a < kEnd);
  const Word end = a < -kEnd ? Word{0x80000000} : Word{0x7FFFFFFF};
  return inside ? bits(static_cast<std::int32_t>(inside ? a : 0.0f)) : end;
}

// `apply<Opcode::x_>(a, b, c)`: operands that the operation does not have are ignored.
template <Opcode code>
inline Word apply(Word x, Word y, Word z) {
  using enum Opcode;
  const float a = as_float(x);
  const float b = as_float(y);
  const std::int32_t i = as_int(x);
  const std::int32_t j = as_int(y);
  // clang-format off
  if constexpr (code == kAddf) return canonical(a + b);
  else if constexpr (code == kSubf) return canonical(a - b);
  else if constexpr (code == kMulf) return canonical(a * b);
  else if constexpr (code == kDivf) return canonical(a / b);
  else if constexpr (code == kNegf) return canonical(-a);
  else if constexpr (code == kMaximumf) return extremum<true>(x, y);
  else if constexpr (code == kMinimumf) return extremum<false>(x, y);
  else if constexpr (code == kAbsf) return canonical(tail::magnitude(a));
  else if constexpr (code == kSqrt) return canonical(std::sqrt(a));
  else if constexpr (code == kRsqrt) return bits(tail::rsqrt(a));
  else if constexpr (code == kExp) return bits(tail::exp(a));
  else if constexpr (code == kLog) return bits(tail::log(a));
  else if constexpr (code == kTanh) return bits(tail::tanh(a));
  else if constexpr (code == kErf) return bits(tail::erf(a));
  else if constexpr (code == kFma) return canonical(fused_multiply_add(a, b, as_float(z)));
  else if constexpr (code == kSelect) return x != 0 ? y : z;
  else if constexpr (code == kAddi) return x + y;
  else if constexpr (code == kSubi) return x - y;
  else if constexpr (code == kMuli) return x * y;
  else if constexpr (code == kDivsi) return quotient(i, j);
  else if constexpr (code == kRemsi) return remainder(i, j);
  else if constexpr (code == kMaxsi) return i > j ? x : y;
  else if constexpr (code == kMinsi) return i < j ? x : y;
  else if constexpr (code == kAndi) return x & y;
  else if constexpr (code == kOri) return x | y;
  else if constexpr (code == kXori) return x ^ y;
  else if constexpr (code == kShli) return y < 32 ? x << (y & 31) : 0;
  else if constexpr (code == kShrsi) return bits(i >> (y < 32 ? y : 31));
  else if constexpr (code == kSitofp) return bits(static_cast<float>(i));
  else if constexpr (code == kFptosi) return float_to_int(a);
  else if constexpr (code == kExtui) return x;
  else if constexpr (code == kExtsi) return Word{0} - x;
  else if constexpr (code == kTrunci) return x & 1;
  else if constexpr (code == kExtf) return canonical(a);
  else if constexpr (code == kTruncf) return to_bf16(x);
  else if constexpr (code == kCmpfOeq) return a == b;
  else if constexpr (code == kCmpfOgt) return a > b;
  else if constexpr (code == kCmpfOge) return a >= b;
  else if constexpr (code == kCmpfOlt) return a < b;
  else if constexpr (code == kCmpfOle) return a <= b;
  else if constexpr (code == kCmpfOne) return (a < b) | (a > b);
  else if constexpr (code == kCmpfOrd) return (a == a) & (b == b);
  else if constexpr (code == kCmpfUeq) return !((a < b) | (a > b));
  else if constexpr (code == kCmpfUgt) return !(a <= b);
  else if constexpr (code == kCmpfUge) return !(a < b);
  else if constexpr (code == kCmpfUlt) return !(a >= b);
  else if constexpr (code == kCmpfUle) return !(a > b);
  else if constexpr (code == kCmpfUne) return a != b;
  else if constexpr (code == kCmpfUno) return !((a == a) & (b == b));
  else if constexpr (code == kCmpiEq) return x == y;
  else if constexpr (code == kCmpiNe) return x != y;
  else if constexpr (code == kCmpiSlt) return i < j;
  else if constexpr (code == kCmpiSle) return i <= j;
  else if constexpr (code == kCmpiSgt) return i > j;
  else return i >= j;
  // clang-format on
}

}  // namespace rdu
