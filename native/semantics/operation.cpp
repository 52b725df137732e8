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

template <Opcode code>
constexpr Operation entry(std::string_view mnemonic, int arity) {
  return {mnemonic, code, arity, apply<code>, loop<code, 0>, loop<code, 16>, tree<code>};
}

using enum Opcode;

constexpr std::array kOperations = {
    entry<kAddf>("addf", 2),         entry<kSubf>("subf", 2),
    entry<kMulf>("mulf", 2),         entry<kDivf>("divf", 2),
    entry<kNegf>("negf", 1),         entry<kMaximumf>("maximumf", 2),
    entry<kMinimumf>("minimumf", 2), entry<kAbsf>("absf", 1),
    entry<kSqrt>("sqrt", 1),         entry<kRsqrt>("rsqrt", 1),
    entry<kExp>("exp", 1),           entry<kLog>("log", 1),
    entry<kTanh>("tanh", 1),         entry<kErf>("erf", 1),
    entry<kFma>("fma", 3),           entry<kSelect>("select", 3),
    entry<kAddi>("addi", 2),         entry<kSubi>("subi", 2),
    entry<kMuli>("muli", 2),         entry<kDivsi>("divsi", 2),
    entry<kRemsi>("remsi", 2),       entry<kMaxsi>("maxsi", 2),
    entry<kMinsi>("minsi", 2),       entry<kAndi>("andi", 2),
    entry<kOri>("ori", 2),           entry<kXori>("xori", 2),
    entry<kShli>("shli", 2),         entry<kShrsi>("shrsi", 2),
    entry<kSitofp>("sitofp", 1),     entry<kFptosi>("fptosi", 1),
    entry<kExtui>("extui", 1),       entry<kExtsi>("extsi", 1),
    entry<kTrunci>("trunci", 1),     entry<kCmpfOeq>("cmpf.oeq", 2),
    entry<kCmpfOgt>("cmpf.ogt", 2),  entry<kCmpfOge>("cmpf.oge", 2),
    entry<kCmpfOlt>("cmpf.olt", 2),  entry<kCmpfOle>("cmpf.ole", 2),
    entry<kCmpfOne>("cmpf.one", 2),  entry<kCmpfOrd>("cmpf.ord", 2),
    entry<kCmpfUeq>("cmpf.ueq", 2),  entry<kCmpfUgt>("cmpf.ugt", 2),
    entry<kCmpfUge>("cmpf.uge", 2),  entry<kCmpfUlt>("cmpf.ult", 2),
    entry<kCmpfUle>("cmpf.ule", 2),  entry<kCmpfUne>("cmpf.une", 2),
    entry<kCmpfUno>("cmpf.uno", 2),  entry<kCmpiEq>("cmpi.eq", 2),
    entry<kCmpiNe>("cmpi.ne", 2),    entry<kCmpiSlt>("cmpi.slt", 2),
    entry<kCmpiSle>("cmpi.sle", 2),  entry<kCmpiSgt>("cmpi.sgt", 2),
    entry<kCmpiSge>("cmpi.sge", 2),
};

}  // namespace

const Operation& operation(std::string_view mnemonic) {
  for (const Operation& known : kOperations) {
    if (known.mnemonic == mnemonic) return known;
  }
  throw std::invalid_argument("unknown operation '" + std::string(mnemonic) + "'");
}

const Operation& operation(int code) {
  for (const Operation& known : kOperations) {
    if (static_cast<int>(known.code) == code) return known;
  }
  throw std::invalid_argument("unknown opcode " + std::to_string(code));
}

std::span<const Operation> all_operations() { return kOperations; }

}  // namespace rdu
