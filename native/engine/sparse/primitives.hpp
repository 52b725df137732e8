// The kinds of sparse primitives.
#pragma once

#include "engine/sparse/walker.hpp"

namespace rdu::engine {

// Whether an input, by its role, carries vectors.
inline bool is_wide(const ContextSpec& spec, std::size_t role) {
  const int port = spec.sparse->inputs[role];
  return port >= 0 && spec.inputs[static_cast<std::size_t>(port)].kind == TokenKind::vector;
}

std::unique_ptr<Process> make_lookup(int number, const ContextSpec& spec, Fabric& fabric);
std::unique_ptr<Process> make_locate(int number, const ContextSpec& spec, Fabric& fabric);
std::unique_ptr<Process> make_range(int number, const ContextSpec& spec, Fabric& fabric);
std::unique_ptr<Process> make_repeat(int number, const ContextSpec& spec, Fabric& fabric);
std::unique_ptr<Process> make_join(int number, const ContextSpec& spec, Fabric& fabric);
std::unique_ptr<Process> make_load(int number, const ContextSpec& spec, Fabric& fabric);
std::unique_ptr<Process> make_apply(int number, const ContextSpec& spec, Fabric& fabric);
std::unique_ptr<Process> make_reduce(int number, const ContextSpec& spec, Fabric& fabric);
std::unique_ptr<Process> make_fold(int number, const ContextSpec& spec, Fabric& fabric);
std::unique_ptr<Process> make_accumulate(int number, const ContextSpec& spec, Fabric& fabric);
std::unique_ptr<Process> make_sort(int number, const ContextSpec& spec, Fabric& fabric);
std::unique_ptr<Process> make_writer(int number, const ContextSpec& spec, Fabric& fabric);
std::unique_ptr<Process> make_drop(int number, const ContextSpec& spec, Fabric& fabric);
std::unique_ptr<Process> make_shape(int number, const ContextSpec& spec, Fabric& fabric);
std::unique_ptr<Process> make_concat(int number, const ContextSpec& spec, Fabric& fabric);
std::unique_ptr<Process> make_parallel(int number, const ContextSpec& spec, Fabric& fabric);
std::unique_ptr<Process> make_bits(int number, const ContextSpec& spec, Fabric& fabric);
std::unique_ptr<Process> make_meet(int number, const ContextSpec& spec, Fabric& fabric);
std::unique_ptr<Process> make_bit_tree(int number, const ContextSpec& spec, Fabric& fabric);

}  // namespace rdu::engine
