// The kinds of contexts; one file each.
#pragma once

#include <memory>

#include "engine/process.hpp"

namespace rdu::engine {

// Whether every register of a context holds one value on all lanes, so that one word is enough.
bool is_scalar(const ContextSpec& spec);

// Whether an operation or output of a context reads a register.
bool reads(const ContextSpec& spec, int number);

std::unique_ptr<Process> make_scalar_compute(int number, const ContextSpec& spec, Fabric& fabric);
std::unique_ptr<Process> make_vector_compute(int number, const ContextSpec& spec, Fabric& fabric);
std::unique_ptr<Process> make_read(int number, const ContextSpec& spec, Fabric& fabric);
std::unique_ptr<Process> make_write(int number, const ContextSpec& spec, Fabric& fabric);
std::unique_ptr<Process> make_transfer(int number, const ContextSpec& spec, Fabric& fabric);

}  // namespace rdu::engine
