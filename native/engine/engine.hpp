// The native engine: runs an elaborated section to its end or to a deadlock.
#pragma once

#include <functional>

#include "engine/outcome.hpp"
#include "engine/specification.hpp"

namespace rdu::engine {

// Runs a section; stores change the tensors in place. `poll` is called every few million firings
// and may throw to stop the run.
Outcome run(const SectionSpec& section, const std::function<void()>& poll);

}  // namespace rdu::engine
