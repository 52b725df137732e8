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
  const std::size_t size = ring_size(std::max(spec.capacity, spec.init) + in_flight);
  mask_ = size - 1;
  arrivals_.assign(size, 0);
  firings_.assign(size, 0);
  words_.assign(size * width_, 0);
  if (kind_ == TokenKind::vector) masks_.assign(size, 0);
  pops_.assign(size, kLongAgo);
}

void Channel::grow() {
  widen(arrivals_, popped_, staged_);
  widen(firings_, popped_, staged_);
  widen(words_, popped_, staged_, width_);
  if (kind_ == TokenKind::vector) widen(masks_, popped_, staged_);
  // All of them: slots and `settle` look back, in a short run to before the first.
  widen(pops_, popped_ - size(), popped_);
  mask_ = arrivals_.size() - 1;
}

void Channel::settle() {
  for (;;) {
    std::int64_t count = std::min(pushed_, popped_ + high_water_) - settled_;
    if (count <= 0) return;
    if (high_water_ == limit_) {
      settled_ += count;
      return;
    }
    const std::size_t push = index(settled_);
    const std::size_t pop = index(settled_ - high_water_);
    count = std::min(count, size() - static_cast<std::int64_t>(std::max(push, pop)));
    const Time* arrivals = &arrivals_[push];
    const Time* pops = &pops_[pop];
    // Both are a cycle apart at least: often the last pop and the first push speak for all.
    if (pops[count - 1] + latency_ < arrivals[0] + count - 1) {
      settled_ += count;
      continue;
    }
    std::int64_t i = 0;
    while (i < count && pops[i] + latency_ < arrivals[i]) ++i;
    settled_ += i;
    if (i == count) continue;
    ++settled_;
    ++high_water_;
  }
}

}  // namespace rdu::engine
