#include "semantics/operation.hpp"

#include <array>
#include <stdexcept>
#include <string>

#include "semantics/scalar.hpp"

namespace rdu {
namespace {

template <Opcode code, std::size_t N>
void loop(Word* out, const Word* a, const Word* b, const Word* c, std::size_t n) {
  const std::size_t count = N != 0 ? N : n;
#pragma GCC ivdep
  for (std::size_t i = 0; i < count; ++i) out[i] = apply<code>(a[i], b[i], c[i]);
}

// The same with the wider vectors that most x86 machines have, chosen when the program starts. No
// value differs: the operations are exact to the bit, whatever the width.
#if defined(__x86_64__) && defined(__GNUC__)
#define RDU_WIDE_LOOPS 1
template <Opcode code, std::size_t N>
[[gnu::target("avx2")]] void wide_loop(Word* out, const Word* a, const Word* b, const Word* c,
                                       std::size_t n) {
  const std::size_t count = N != 0 ? N : n;
#pragma GCC ivdep
  for (std::size_t i = 0; i < count; ++i) out[i] = apply<code>(a[i], b[i], c[i]);
}
#endif

template <Opcode code>
Word tree(const Word* words, std::size_t n) {
  std::array<Word, kMaxLanes> level;
  for (std::size_t i = 0; i < n; ++i) level[i] = words[i];
  for (; n > 1; n = (n + 1) / 2) {
    for (std::size_t i = 0; i < n / 2; ++i) {
      level[i] = apply<code>(level[2 * i], level[2 * i + 1], 0);
    }
    if (n % 2 != 0) level[n / 2] = level[n - 1];
  }
  return level[0];
}

template <bool wide, Opcode code>
constexpr Operation entry(std::string_view mnemonic, int arity) {
#if defined(RDU_WIDE_LOOPS)
  if constexpr (wide) {
    return {mnemonic,  code, arity, apply<code>, wide_loop<code, 0>, wide_loop<code, 16>,
            tree<code>};
  }
#endif
  return {mnemonic, code, arity, apply<code>, loop<code, 0>, loop<code, 16>, tree<code>};
}

using enum Opcode;

template <bool wide>
constexpr std::array kOperations = {
    entry<wide, kAddf>("addf", 2),         entry<wide, kSubf>("subf", 2),
    entry<wide, kMulf>("mulf", 2),         entry<wide, kDivf>("divf", 2),
    entry<wide, kNegf>("negf", 1),         entry<wide, kMaximumf>("maximumf", 2),
    entry<wide, kMinimumf>("minimumf", 2), entry<wide, kAbsf>("absf", 1),
    entry<wide, kSqrt>("sqrt", 1),         entry<wide, kRsqrt>("rsqrt", 1),
    entry<wide, kExp>("exp", 1),           entry<wide, kLog>("log", 1),
    entry<wide, kTanh>("tanh", 1),         entry<wide, kErf>("erf", 1),
    entry<wide, kFma>("fma", 3),           entry<wide, kSelect>("select", 3),
    entry<wide, kAddi>("addi", 2),         entry<wide, kSubi>("subi", 2),
    entry<wide, kMuli>("muli", 2),         entry<wide, kDivsi>("divsi", 2),
    entry<wide, kRemsi>("remsi", 2),       entry<wide, kMaxsi>("maxsi", 2),
    entry<wide, kMinsi>("minsi", 2),       entry<wide, kAndi>("andi", 2),
    entry<wide, kOri>("ori", 2),           entry<wide, kXori>("xori", 2),
    entry<wide, kShli>("shli", 2),         entry<wide, kShrsi>("shrsi", 2),
    entry<wide, kSitofp>("sitofp", 1),     entry<wide, kFptosi>("fptosi", 1),
    entry<wide, kExtui>("extui", 1),       entry<wide, kExtsi>("extsi", 1),
    entry<wide, kTrunci>("trunci", 1),     entry<wide, kCmpfOeq>("cmpf.oeq", 2),
    entry<wide, kCmpfOgt>("cmpf.ogt", 2),  entry<wide, kCmpfOge>("cmpf.oge", 2),
    entry<wide, kCmpfOlt>("cmpf.olt", 2),  entry<wide, kCmpfOle>("cmpf.ole", 2),
    entry<wide, kCmpfOne>("cmpf.one", 2),  entry<wide, kCmpfOrd>("cmpf.ord", 2),
    entry<wide, kCmpfUeq>("cmpf.ueq", 2),  entry<wide, kCmpfUgt>("cmpf.ugt", 2),
    entry<wide, kCmpfUge>("cmpf.uge", 2),  entry<wide, kCmpfUlt>("cmpf.ult", 2),
    entry<wide, kCmpfUle>("cmpf.ule", 2),  entry<wide, kCmpfUne>("cmpf.une", 2),
    entry<wide, kCmpfUno>("cmpf.uno", 2),  entry<wide, kCmpiEq>("cmpi.eq", 2),
    entry<wide, kCmpiNe>("cmpi.ne", 2),    entry<wide, kCmpiSlt>("cmpi.slt", 2),
    entry<wide, kCmpiSle>("cmpi.sle", 2),  entry<wide, kCmpiSgt>("cmpi.sgt", 2),
    entry<wide, kCmpiSge>("cmpi.sge", 2),
};

bool has_wide_vectors() {
#if defined(RDU_WIDE_LOOPS)
  return __builtin_cpu_supports("avx2");
#else
  return false;
#endif
}

}  // namespace

std::span<const Operation> all_operations() {
  static const std::span<const Operation> chosen =
      has_wide_vectors() ? kOperations<true> : kOperations<false>;
  return chosen;
}

const Operation& operation(std::string_view mnemonic) {
  for (const Operation& known : all_operations()) {
    if (known.mnemonic == mnemonic) return known;
  }
  throw std::invalid_argument("unknown operation '" + std::string(mnemonic) + "'");
}

const Operation& operation(int code) {
  for (const Operation& known : all_operations()) {
    if (static_cast<int>(known.code) == code) return known;
  }
  throw std::invalid_argument("unknown opcode " + std::to_string(code));
}

}  // namespace rdu
