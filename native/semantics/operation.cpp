#include "semantics/operation.hpp"

#include <array>
#include <stdexcept>
#include <string>

#include "semantics/scalar.hpp"

namespace rdu {
namespace {

// Operations whose results on bf16 are rounded to bf16.
constexpr bool computes_floats(Opcode code) {
  using enum Opcode;
  return code <= kFma;
}

// The result of an operation, rounded to bf16 or not.
template <Opcode code, bool narrow>
inline Word result(Word a, Word b, Word c) {
  const Word word = apply<code>(a, b, c);
  return narrow && computes_floats(code) ? to_bf16(word) : word;
}

template <Opcode code, bool narrow, std::size_t N>
void loop(Word* out, const Word* a, const Word* b, const Word* c, std::size_t n) {
  const std::size_t count = N != 0 ? N : n;
#pragma GCC ivdep
  for (std::size_t i = 0; i < count; ++i) out[i] = result<code, narrow>(a[i], b[i], c[i]);
}

// The same with the wider vectors that most x86 machines have, chosen when the program starts. No
// value differs: the operations are exact to the bit, whatever the width.
#if defined(__x86_64__) && defined(__GNUC__)
#define RDU_WIDE_LOOPS 1
template <Opcode code, bool narrow, std::size_t N>
[[gnu::target("avx2")]] void wide_loop(Word* out, const Word* a, const Word* b, const Word* c,
                                       std::size_t n) {
  const std::size_t count = N != 0 ? N : n;
#pragma GCC ivdep
  for (std::size_t i = 0; i < count; ++i) out[i] = result<code, narrow>(a[i], b[i], c[i]);
}
#endif

template <Opcode code, bool narrow>
Word tree(const Word* words, std::size_t n) {
  std::array<Word, kMaxLanes> level;
  for (std::size_t i = 0; i < n; ++i) level[i] = words[i];
  for (; n > 1; n = (n + 1) / 2) {
    for (std::size_t i = 0; i < n / 2; ++i) {
      level[i] = result<code, narrow>(level[2 * i], level[2 * i + 1], 0);
    }
    if (n % 2 != 0) level[n / 2] = level[n - 1];
  }
  return level[0];
}

template <bool wide, bool narrow, Opcode code>
constexpr Operation entry(std::string_view mnemonic, int arity) {
  constexpr Single single = result<code, narrow>;
  constexpr Tree combine = tree<code, narrow>;
#if defined(RDU_WIDE_LOOPS)
  if constexpr (wide) {
    return {mnemonic, code, arity, single, wide_loop<code, narrow, 0>, wide_loop<code, narrow, 16>,
            combine};
  }
#endif
  return {mnemonic, code, arity, single, loop<code, narrow, 0>, loop<code, narrow, 16>, combine};
}

using enum Opcode;

template <bool wide, bool narrow>
constexpr std::array kOperations = {
    entry<wide, narrow, kAddf>("addf", 2),         entry<wide, narrow, kSubf>("subf", 2),
    entry<wide, narrow, kMulf>("mulf", 2),         entry<wide, narrow, kDivf>("divf", 2),
    entry<wide, narrow, kNegf>("negf", 1),         entry<wide, narrow, kMaximumf>("maximumf", 2),
    entry<wide, narrow, kMinimumf>("minimumf", 2), entry<wide, narrow, kAbsf>("absf", 1),
    entry<wide, narrow, kSqrt>("sqrt", 1),         entry<wide, narrow, kRsqrt>("rsqrt", 1),
    entry<wide, narrow, kExp>("exp", 1),           entry<wide, narrow, kLog>("log", 1),
    entry<wide, narrow, kTanh>("tanh", 1),         entry<wide, narrow, kErf>("erf", 1),
    entry<wide, narrow, kFma>("fma", 3),           entry<wide, narrow, kSelect>("select", 3),
    entry<wide, narrow, kAddi>("addi", 2),         entry<wide, narrow, kSubi>("subi", 2),
    entry<wide, narrow, kMuli>("muli", 2),         entry<wide, narrow, kDivsi>("divsi", 2),
    entry<wide, narrow, kRemsi>("remsi", 2),       entry<wide, narrow, kMaxsi>("maxsi", 2),
    entry<wide, narrow, kMinsi>("minsi", 2),       entry<wide, narrow, kAndi>("andi", 2),
    entry<wide, narrow, kOri>("ori", 2),           entry<wide, narrow, kXori>("xori", 2),
    entry<wide, narrow, kShli>("shli", 2),         entry<wide, narrow, kShrsi>("shrsi", 2),
    entry<wide, narrow, kSitofp>("sitofp", 1),     entry<wide, narrow, kFptosi>("fptosi", 1),
    entry<wide, narrow, kExtui>("extui", 1),       entry<wide, narrow, kExtsi>("extsi", 1),
    entry<wide, narrow, kTrunci>("trunci", 1),     entry<wide, narrow, kExtf>("extf", 1),
    entry<wide, narrow, kTruncf>("truncf", 1),     entry<wide, narrow, kCmpfOeq>("cmpf.oeq", 2),
    entry<wide, narrow, kCmpfOgt>("cmpf.ogt", 2),  entry<wide, narrow, kCmpfOge>("cmpf.oge", 2),
    entry<wide, narrow, kCmpfOlt>("cmpf.olt", 2),  entry<wide, narrow, kCmpfOle>("cmpf.ole", 2),
    entry<wide, narrow, kCmpfOne>("cmpf.one", 2),  entry<wide, narrow, kCmpfOrd>("cmpf.ord", 2),
    entry<wide, narrow, kCmpfUeq>("cmpf.ueq", 2),  entry<wide, narrow, kCmpfUgt>("cmpf.ugt", 2),
    entry<wide, narrow, kCmpfUge>("cmpf.uge", 2),  entry<wide, narrow, kCmpfUlt>("cmpf.ult", 2),
    entry<wide, narrow, kCmpfUle>("cmpf.ule", 2),  entry<wide, narrow, kCmpfUne>("cmpf.une", 2),
    entry<wide, narrow, kCmpfUno>("cmpf.uno", 2),  entry<wide, narrow, kCmpiEq>("cmpi.eq", 2),
    entry<wide, narrow, kCmpiNe>("cmpi.ne", 2),    entry<wide, narrow, kCmpiSlt>("cmpi.slt", 2),
    entry<wide, narrow, kCmpiSle>("cmpi.sle", 2),  entry<wide, narrow, kCmpiSgt>("cmpi.sgt", 2),
    entry<wide, narrow, kCmpiSge>("cmpi.sge", 2),
};

bool has_wide_vectors() {
#if defined(RDU_WIDE_LOOPS)
  return __builtin_cpu_supports("avx2");
#else
  return false;
#endif
}

}  // namespace

std::span<const Operation> all_operations(bool narrow) {
  using Table = std::span<const Operation>;
  static const bool wide = has_wide_vectors();
  if (wide) return narrow ? Table(kOperations<true, true>) : Table(kOperations<true, false>);
  return narrow ? Table(kOperations<false, true>) : Table(kOperations<false, false>);
}

const Operation& operation(std::string_view mnemonic, bool narrow) {
  for (const Operation& known : all_operations(narrow)) {
    if (known.mnemonic == mnemonic) return known;
  }
  throw std::invalid_argument("unknown operation '" + std::string(mnemonic) + "'");
}

const Operation& operation(int code, bool narrow) {
  for (const Operation& known : all_operations(narrow)) {
    if (static_cast<int>(known.code) == code) return known;
  }
  throw std::invalid_argument("unknown opcode " + std::to_string(code));
}

}  // namespace rdu
