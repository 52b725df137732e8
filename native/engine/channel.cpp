#include "engine/channel.hpp"

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
      pushed_(spec.init),
      staged_(spec.init),
      settled_(spec.init),
      high_water_(spec.init) {
  const std::int64_t live = std::max(spec.capacity, spec.init);
  const std::size_t size = ring_size(live + in_flight);
  mask_ = size - 1;
  arrivals_.assign(size, 0);
  firings_.assign(size, 0);
  words_.assign(size * width_, 0);
  if (kind_ == TokenKind::vector) masks_.assign(size, 0);
  // A token that needs no slot sees the dequeue of a token before the first, at time -1.
  pops_.assign(ring_size(live), -1);
  pops_mask_ = pops_.size() - 1;
}

void Channel::grow() {
  widen(arrivals_, popped_, staged_);
  widen(firings_, popped_, staged_);
  widen(words_, popped_, staged_, width_);
  if (kind_ == TokenKind::vector) widen(masks_, popped_, staged_);
  mask_ = arrivals_.size() - 1;
}

void Channel::grow_pops() {
  widen(pops_, passed_, popped_);
  pops_mask_ = pops_.size() - 1;
}

void Channel::settle_push(Time time) {
  // Some pop that is already known comes at or after this push: the push can be counted now.
  while (pops_[pop_index(passed_)] < time) ++passed_;
  settled_ = pushed_ + 1;
  high_water_ = std::max(high_water_, settled_ - passed_);
}

}  // namespace rdu::engine
