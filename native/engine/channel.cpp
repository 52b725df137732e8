#include "engine/channel.hpp"

#include <limits>

#include "engine/ring.hpp"

namespace rdu::engine {

Channel::Channel(const ChannelSpec& spec, int lanes, std::int64_t in_flight)
    : kind_(spec.kind),
      source_(spec.source),
      sink_(spec.sink),
      width_(spec.kind == TokenKind::control  ? 0
             : spec.kind == TokenKind::scalar ? 1
                                              : static_cast<std::size_t>(lanes)),
      limit_(spec.capacity < 0 ? kUnbounded : spec.capacity),
      init_(spec.init),
      latency_(spec.latency),
      discard_(spec.discard),
      pushed_(spec.init),
      staged_(spec.init),
      slots_matter_from_(spec.capacity < 0       ? std::numeric_limits<std::int64_t>::max()
                         : spec.capacity > kDeep ? spec.capacity
                                                 : 0),
      settled_(spec.init),
      high_water_(spec.init) {
  // The rings have room to spare since their ends cut bursts in two.
  const std::int64_t items = std::max(std::min(spec.capacity, kDeep), spec.init) + in_flight;
  const std::size_t size = ring_size(4 * items);
  mask_ = pop_mask_ = size - 1;
  pops_room_ = spec.capacity > kDeep ? -1 : this->size();
  arrivals_.assign(size, 0);
  firings_.assign(size, 0);
  words_.assign(size * width_, 0);
  if (kind_ == TokenKind::vector) masks_.assign(size, 0);
  pops_.assign(size, kLongAgo);
  if (spec.stream) codes_.assign(size, kValue);
  if (spec.virtual_channel >= 0) lefts_.assign(size, 0);
}

void Channel::grow() {
  widen(arrivals_, popped_, staged_);
  widen(firings_, popped_, staged_);
  widen(words_, popped_, staged_, width_);
  if (kind_ == TokenKind::vector) widen(masks_, popped_, staged_);
  if (!codes_.empty()) widen(codes_, popped_, staged_);
  if (is_dynamic()) widen(lefts_, settled_, pushed_);
  mask_ = arrivals_.size() - 1;
}

void Channel::grow_pops() {
  // All of them: slots and `settle` look back, in a short run to before the first.
  widen(pops_, popped_ - static_cast<std::int64_t>(pops_.size()), popped_);
  pop_mask_ = pops_.size() - 1;
  if (pops_room_ >= 0) pops_room_ = static_cast<std::int64_t>(pops_.size());
}

void Channel::make_room_for_pops(std::int64_t count) {
  settle();
  while (popped_ + count - oldest_pop() > static_cast<std::int64_t>(pops_.size())) {
    if (!forget_pops()) grow_pops();
  }
}

std::int64_t Channel::oldest_pop() const {
  const std::int64_t counted = settled_ - high_water_;
  if (pops_room_ >= 0) return counted;
  return std::min(counted, std::max(slots_matter_from_, pushed_) - limit_);
}

bool Channel::forget_pops() {
  if (pops_room_ >= 0) return false;
  // The next token leaves after the last one: a slot that was free by then decides nothing.
  const std::int64_t first = std::max(slots_matter_from_, pushed_) - limit_;
  std::int64_t kept = first;
  while (kept < popped_ && pops_[pop_index(kept)] <= last_push_) ++kept;
  slots_matter_from_ = kept + limit_;
  return kept != first;
}

void Channel::settle(std::int64_t count) {
  // Both times are a cycle apart at least: often the last pop and the first push speak for all.
  const std::int64_t pop = settled_ - high_water_;
  if (pops_[pop_index(pop + count - 1)] - (count - 1) < left(settled_)) {
    settled_ += count;
    return;
  }
  for (; settled_ != pushed_ && settled_ - high_water_ != popped_; ++settled_) {
    const Time dequeue = pops_[pop_index(settled_ - high_water_)];
    if (dequeue >= left(settled_)) ++high_water_;
  }
}

}  // namespace rdu::engine
