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
      free_(static_cast<std::size_t>(spec.channels), 0) {
  if (spec.row_bursts != 0) {
    open_rows_.assign(static_cast<std::size_t>(spec.channels * spec.row_banks), -1);
  }
}

void Tier::request(Request request, bool loads) {
  request.index = traffic_.bursts++;
  (loads ? traffic_.loaded_bytes : traffic_.stored_bytes) += spec_.burst_bytes;
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
  free = std::max(request.time * spec_.ticks_per_cycle, free) + occupied(request.burst);
  return ceil_divide(free, spec_.ticks_per_cycle) + spec_.latency;
}

std::int64_t Tier::occupied(std::int64_t burst) {
  if (spec_.row_bursts == 0) return spec_.burst_ticks;
  const std::int64_t row = burst / spec_.channels / spec_.row_bursts;
  const std::int64_t bank = burst % spec_.channels * spec_.row_banks + row % spec_.row_banks;
  std::int64_t& open = open_rows_[static_cast<std::size_t>(bank)];
  if (open == row) {
    ++traffic_.row_hits;
    return spec_.burst_ticks;
  }
  open = row;
  ++traffic_.row_misses;
  return spec_.row_miss_ticks + spec_.burst_ticks;
}

}  // namespace rdu::engine
