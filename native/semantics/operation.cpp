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
    entry<addf_>("addf", 2),         entry<subf_>("subf", 2),
    entry<mulf_>("mulf", 2),         entry<divf_>("divf", 2),
    entry<negf_>("negf", 1),         entry<maximumf_>("maximumf", 2),
    entry<minimumf_>("minimumf", 2), entry<absf_>("absf", 1),
    entry<sqrt_>("sqrt", 1),         entry<rsqrt_>("rsqrt", 1),
    entry<exp_>("exp", 1),           entry<log_>("log", 1),
    entry<tanh_>("tanh", 1),         entry<erf_>("erf", 1),
    entry<fma_>("fma", 3),           entry<select_>("select", 3),
    entry<addi_>("addi", 2),         entry<subi_>("subi", 2),
    entry<muli_>("muli", 2),         entry<divsi_>("divsi", 2),
    entry<remsi_>("remsi", 2),       entry<maxsi_>("maxsi", 2),
    entry<minsi_>("minsi", 2),       entry<andi_>("andi", 2),
    entry<ori_>("ori", 2),           entry<xori_>("xori", 2),
    entry<shli_>("shli", 2),         entry<shrsi_>("shrsi", 2),
    entry<sitofp_>("sitofp", 1),     entry<fptosi_>("fptosi", 1),
    entry<extui_>("extui", 1),       entry<extsi_>("extsi", 1),
    entry<trunci_>("trunci", 1),     entry<cmpf_oeq_>("cmpf.oeq", 2),
    entry<cmpf_ogt_>("cmpf.ogt", 2), entry<cmpf_oge_>("cmpf.oge", 2),
    entry<cmpf_olt_>("cmpf.olt", 2), entry<cmpf_ole_>("cmpf.ole", 2),
    entry<cmpf_one_>("cmpf.one", 2), entry<cmpf_ord_>("cmpf.ord", 2),
    entry<cmpf_ueq_>("cmpf.ueq", 2), entry<cmpf_ugt_>("cmpf.ugt", 2),
    entry<cmpf_uge_>("cmpf.uge", 2), entry<cmpf_ult_>("cmpf.ult", 2),
    entry<cmpf_ule_>("cmpf.ule", 2), entry<cmpf_une_>("cmpf.une", 2),
    entry<cmpf_uno_>("cmpf.uno", 2), entry<cmpi_eq_>("cmpi.eq", 2),
    entry<cmpi_ne_>("cmpi.ne", 2),   entry<cmpi_slt_>("cmpi.slt", 2),
    entry<cmpi_sle_>("cmpi.sle", 2), entry<cmpi_sgt_>("cmpi.sgt", 2),
    entry<cmpi_sge_>("cmpi.sge", 2),
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

}  // namespace rdu
