// Vectors of lanes: blending, broadcasting, scattering by a mask.
#pragma once

#include <algorithm>
#include <bit>

#include "engine/specification.hpp"

namespace rdu::engine {

// Bits of the first `lanes` lanes.
inline Mask prefix(std::int64_t lanes) {
  return lanes >= 64 ? ~Mask{0} : lanes <= 0 ? 0 : (Mask{1} << lanes) - 1;
}

inline bool live(Mask mask, int lane) { return (mask >> lane & 1) != 0; }

// The lane whose value a scalar token carries: the first live one.
inline int scalar_lane(Mask mask) { return mask == 0 ? 0 : std::countr_zero(mask); }

inline bool is_prefix(Mask mask) { return (mask & (mask + 1)) == 0; }

inline void blend(Word* out, const Word* values, Mask mask, int lanes) {
  for (int i = 0; i < lanes; ++i) {
    const Word keep = static_cast<Word>(mask >> i & 1) - 1;
    out[i] = (out[i] & keep) | (values[i] & ~keep);
  }
}

}  // namespace rdu::engine
