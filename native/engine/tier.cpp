#include "engine/tier.hpp"

#include <algorithm>
#include <tuple>

namespace rdu::engine {

namespace {

std::int64_t ceil_divide(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

bool later(const Request& a, const Request& b) {
  return std::tie(a.time, a.context, a.index) > std::tie(b.time, b.context, b.index);
}

}  // namespace

Tier::Tier(const TierSpec& spec)
    : spec_(spec),
      least_response_(ceil_divide(spec.burst_ticks, spec.ticks_per_cycle) + spec.latency),
      free_(static_cast<std::size_t>(spec.channels), 0) {}

void Tier::request(Request request) {
  request.index = asked_++;
  pending_.push_back(request);
  std::push_heap(pending_.begin(), pending_.end(), later);
}

Request Tier::take() {
  std::pop_heap(pending_.begin(), pending_.end(), later);
  const Request request = pending_.back();
  pending_.pop_back();
  return request;
}

Time Tier::respond(const Request& request) {
  std::int64_t& free = free_[static_cast<std::size_t>(request.burst % spec_.channels)];
  free = std::max(request.time * spec_.ticks_per_cycle, free) + spec_.burst_ticks;
  return ceil_divide(free, spec_.ticks_per_cycle) + spec_.latency;
}

}  // namespace rdu::engine
