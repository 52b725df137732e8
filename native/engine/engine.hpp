// The native engine: runs an elaborated section to its end or to a deadlock.
#pragma once

#include <functional>

#include "engine/outcome.hpp"
#include "engine/specification.hpp"

namespace rdu::engine {

// Called every few million firings with the number of firings so far and the latest time that any
// context has reached. It may throw to stop the run.
using Poll = std::function<void(std::int64_t firings, Time latest)>;

// Runs a section; stores change the tensors in place.
Outcome run(const SectionSpec& section, const Record& record, const Poll& poll);

}  // namespace rdu::engine
