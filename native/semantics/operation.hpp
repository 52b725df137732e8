// Scalar operations as tables of loops over lanes, found by mnemonic.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "semantics/opcodes.h"
#include "semantics/word.hpp"

namespace rdu {

// out[i] = op(a[i], b[i], c[i]) for i < n; `out` may be one of the operands.
using Loop = void (*)(Word* out, const Word* a, const Word* b, const Word* c, std::size_t n);
using Single = Word (*)(Word a, Word b, Word c);
// Reduces n words by the tree of neighbouring pairs.
using Tree = Word (*)(const Word* words, std::size_t n);

struct Operation {
  std::string_view mnemonic;
  Opcode code;
  int arity;
  Single single;
  Loop loop;
  Loop loop16;
  Tree tree;
};

// The operation of a mnemonic, or of an opcode number, whose result is rounded to bf16 or not;
// throws std::invalid_argument if there is none.
const Operation& operation(std::string_view mnemonic, bool narrow = false);
const Operation& operation(int code, bool narrow = false);
std::span<const Operation> all_operations(bool narrow = false);

inline constexpr std::size_t kMaxLanes = 64;

}  // namespace rdu
