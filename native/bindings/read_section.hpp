// Reads an elaborated section from its Python objects.
#pragma once

#include <nanobind/nanobind.h>

#include "engine/specification.hpp"

namespace rdu::bindings {

// `section` is a rdu.simulator.specification.ElaboratedSection, `tensors` a sequence with a flat,
// contiguous NumPy array for each tensor, whose memory the result points into.
// Throws std::invalid_argument where they do not fit each other.
engine::SectionSpec read_section(nanobind::handle section, nanobind::sequence tensors);

}  // namespace rdu::bindings
