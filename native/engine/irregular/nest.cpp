#include "engine/irregular/nest.hpp"

#include <algorithm>

namespace rdu::engine {

Nest::Nest(const std::vector<Level>& levels)
    : levels_(levels), begun_(levels.size() + 1, 0), last_(size()), depth_(size()) {
  for (const Level& level : levels) counters_.push_back({0, -1, level.start, level.stop});
}

bool Nest::enter(int counter, std::int64_t start, std::int64_t stop) {
  const Level& level = levels_[index(counter)];
  const std::int64_t trips = level.until     ? -1
                             : start >= stop ? 0
                                             : (stop - start + level.stride - 1) / level.stride;
  counters_[index(counter)] = {0, trips, start, stop};
  return trips != 0;
}

void Nest::stand(int depth) {
  int last = depth;
  depth_ = depth;
  while (last != 0 && is_last(last)) --last;
  stand(depth, last);
}

void Nest::stand(int depth, int last) {
  for (int level = first_; level <= depth; ++level) ++begun_[index(level)];
  depth_ = depth;
  last_ = last;
}

void Nest::step() {
  first_ = last_;
  if (first_ != 0) ++counters_[index(first_ - 1)].trip;
}

std::int64_t Nest::value(int counter) const {
  const Level& level = levels_[index(counter)];
  if (counter > depth_) return level.start;
  return at(counter).start + at(counter).trip * level.stride;
}

std::int64_t Nest::evaluate(const Sum& sum) const {
  std::int64_t total = sum.constant;
  for (std::size_t i = 0; i < sum.coefficients.size(); ++i) {
    if (sum.coefficients[i] != 0) total += sum.coefficients[i] * value(static_cast<int>(i));
  }
  return total;
}

}  // namespace rdu::engine
