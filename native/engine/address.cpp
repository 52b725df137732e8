#include "engine/address.hpp"

#include <stdexcept>

namespace rdu::engine {

Address::Address(const ContextSpec& spec, std::int64_t extent)
    : start_(spec.access->address.constant), deltas_(spec.levels.size() + 1, 0) {
  std::int64_t least = start_;
  std::int64_t most = start_;
  std::int64_t inner_reset = 0;
  for (std::size_t i = spec.levels.size(); i-- > 0;) {
    const Level& level = spec.levels[i];
    const std::int64_t coefficient = spec.access->address.coefficients[i];
    start_ += coefficient * level.start;
    deltas_[i + 1] = coefficient * level.stride - inner_reset;
    inner_reset += coefficient * level.stride * (level.trips - 1);
    const std::int64_t end = level.start + (level.stop - 1 - level.start) / level.step * level.step;
    (coefficient < 0 ? most : least) += coefficient * level.start;
    (coefficient < 0 ? least : most) += coefficient * end;
    if (static_cast<int>(i) == spec.vector_level - 1) lane_stride_ = coefficient * level.step;
  }
  base_ = start_;
  if (least < 0 || most >= extent) {
    throw std::invalid_argument("context '" + spec.name + "' accesses words " +
                                std::to_string(least) + " to " + std::to_string(most) + " of " +
                                std::to_string(extent));
  }
}

}  // namespace rdu::engine
