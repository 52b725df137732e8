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
      discard_(spec.discard),
      pushed_(spec.init),
      staged_(spec.init),
      settled_(spec.init),
      high_water_(spec.init) {
  // The rings have room to spare since their ends cut bursts in two.
  const std::size_t size = ring_size(4 * (std::max(spec.capacity, spec.init) + in_flight));
  mask_ = size - 1;
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
  // All of them: slots and `settle` look back, in a short run to before the first.
  widen(pops_, popped_ - size(), popped_);
  mask_ = arrivals_.size() - 1;
}

void Channel::make_room_for_pops(std::int64_t count) {
  settle();
  while (popped_ + count - (settled_ - high_water_) > size()) grow();
}

void Channel::settle(std::int64_t count) {
  // Both times are a cycle apart at least: often the last pop and the first push speak for all.
  const std::int64_t pop = settled_ - high_water_;
  if (pops_[index(pop + count - 1)] - (count - 1) < left(settled_)) {
    settled_ += count;
    return;
  }
  for (; settled_ != pushed_ && settled_ - high_water_ != popped_; ++settled_) {
    const Time dequeue = pops_[index(settled_ - high_water_)];
    if (dequeue >= left(settled_)) ++high_water_;
  }
}

}  // namespace rdu::engine
