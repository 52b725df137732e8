#include "engine/chain.hpp"

#include <algorithm>
#include <stdexcept>

#include "engine/lanes.hpp"

namespace rdu::engine {

Chain::Chain(const ContextSpec& spec, int lanes)
    : trips_(spec.levels.size(), 0),
      passes_left_(spec.repeat),
      vector_level_(spec.vector_level),
      body_(prefix(lanes)),
      tail_(body_) {
  for (const Level& level : spec.levels) {
    if (level.trips < 1 || level.step < 1) {
      throw std::invalid_argument("context '" + spec.name + "' has a counter without iterations");
    }
    last_trip_.push_back(level.trips - 1);
    starts_.push_back(level.start);
    strides_.push_back(level.stride);
  }
  if (vector_level_ == 0) {
    if (spec.kind != ContextKind::compute) body_ = tail_ = 1;
    return;
  }
  const Level& vector = spec.levels[static_cast<std::size_t>(vector_level_ - 1)];
  const auto live = [&](std::int64_t trip) {
    const std::int64_t left = vector.stop - vector.start - trip * vector.stride;
    const std::int64_t values = (left + vector.step - 1) / vector.step;
    const std::int64_t par = (vector.stride + vector.step - 1) / vector.step;
    return prefix(std::min({values, par, std::int64_t{lanes}}));
  };
  body_ = live(0);
  tail_ = live(vector.trips - 1);
}

}  // namespace rdu::engine
