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
  if constexpr (code == addf_) return canonical(a + b);
  else if constexpr (code == subf_) return canonical(a - b);
  else if constexpr (code == mulf_) return canonical(a * b);
  else if constexpr (code == divf_) return canonical(a / b);
  else if constexpr (code == negf_) return canonical(-a);
  else if constexpr (code == maximumf_) return extremum<true>(x, y);
  else if constexpr (code == minimumf_) return extremum<false>(x, y);
  else if constexpr (code == absf_) return canonical(tail::magnitude(a));
  else if constexpr (code == sqrt_) return canonical(std::sqrt(a));
  else if constexpr (code == rsqrt_) return bits(tail::rsqrt(a));
  else if constexpr (code == exp_) return bits(tail::exp(a));
  else if constexpr (code == log_) return bits(tail::log(a));
  else if constexpr (code == tanh_) return bits(tail::tanh(a));
  else if constexpr (code == erf_) return bits(tail::erf(a));
  else if constexpr (code == fma_) return canonical(fused_multiply_add(a, b, as_float(z)));
  else if constexpr (code == select_) return x != 0 ? y : z;
  else if constexpr (code == addi_) return x + y;
  else if constexpr (code == subi_) return x - y;
  else if constexpr (code == muli_) return x * y;
  else if constexpr (code == divsi_) return quotient(i, j);
  else if constexpr (code == remsi_) return remainder(i, j);
  else if constexpr (code == maxsi_) return i > j ? x : y;
  else if constexpr (code == minsi_) return i < j ? x : y;
  else if constexpr (code == andi_) return x & y;
  else if constexpr (code == ori_) return x | y;
  else if constexpr (code == xori_) return x ^ y;
  else if constexpr (code == shli_) return y < 32 ? x << (y & 31) : 0;
  else if constexpr (code == shrsi_) return bits(i >> (y < 32 ? y : 31));
  else if constexpr (code == sitofp_) return bits(static_cast<float>(i));
  else if constexpr (code == fptosi_) return float_to_int(a);
  else if constexpr (code == extui_) return x;
  else if constexpr (code == extsi_) return Word{0} - x;
  else if constexpr (code == trunci_) return x & 1;
  else if constexpr (code == cmpf_oeq_) return a == b;
  else if constexpr (code == cmpf_ogt_) return a > b;
  else if constexpr (code == cmpf_oge_) return a >= b;
  else if constexpr (code == cmpf_olt_) return a < b;
  else if constexpr (code == cmpf_ole_) return a <= b;
  else if constexpr (code == cmpf_one_) return (a < b) | (a > b);
  else if constexpr (code == cmpf_ord_) return (a == a) & (b == b);
  else if constexpr (code == cmpf_ueq_) return !((a < b) | (a > b));
  else if constexpr (code == cmpf_ugt_) return !(a <= b);
  else if constexpr (code == cmpf_uge_) return !(a < b);
  else if constexpr (code == cmpf_ult_) return !(a >= b);
  else if constexpr (code == cmpf_ule_) return !(a > b);
  else if constexpr (code == cmpf_une_) return a != b;
  else if constexpr (code == cmpf_uno_) return !((a == a) & (b == b));
  else if constexpr (code == cmpi_eq_) return x == y;
  else if constexpr (code == cmpi_ne_) return x != y;
  else if constexpr (code == cmpi_slt_) return i < j;
  else if constexpr (code == cmpi_sle_) return i <= j;
  else if constexpr (code == cmpi_sgt_) return i > j;
  else return i >= j;
}

}  // namespace rdu
