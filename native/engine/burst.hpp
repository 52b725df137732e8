// Bursts: firings of which all is known that decides their times. The rules of `Unit::fire` and
// `Channel::push` once more, for many firings at once.
//
// What must hold: every firing pops the same inputs and pushes the same outputs, once each; the
// tokens and slots that it needs were there before the burst; all firings before the burst have
// retired, so that nothing is staged.
//
// A firing that may have to wait is worked out by itself. Those after it start, push and retire
// one cycle later each, as long as nothing that they need comes later than that: their times are
// ramps. Then one look at the last of them is enough, since no two tokens of a channel come, or go,
// in one cycle.
#pragma once

#include <array>
#include <vector>

#include "engine/channel.hpp"

namespace rdu::engine {

// How many of `times`, one after another, are not after `first`, `first + 1`, ...; the first is
// not. They are a cycle apart at least, but for those before all others.
inline std::int64_t in_step(const Time* times, Time first, std::int64_t count) {
  if (times[count - 1] < first + count) return count;
  std::int64_t i = 1;
  while (times[i] <= first + i) ++i;
  return i;
}

inline void ramp(Time* times, Time first, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) times[i] = first + i;
}

// What a burst keeps for each of its N ports, a number that the compiler knows: so it stays in
// machine registers. kAny stands for any number from itself on.
inline constexpr std::size_t kAny = 4;

template <class Item, std::size_t N>
class Ports {
 public:
  explicit Ports(std::size_t) {}
  std::size_t size() const { return N; }
  Item& operator[](std::size_t k) { return items_[k]; }

 private:
  std::array<Item, N> items_;
};

template <class Item>
class Ports<Item, kAny> {
 public:
  explicit Ports(std::size_t size) : items_(size) {}
  std::size_t size() const { return items_.size(); }
  Item& operator[](std::size_t k) { return items_[k]; }

 private:
  std::vector<Item> items_;
};

}  // namespace rdu::engine
