// The firing rule, for the kinds that do their work on the unit itself: compute, read, write.
//
// An Action derives from Unit<Action> and says what happens within a firing:
//   take(input, i)       reads the i-th token from the head of an input that this firing pops
//   act(first) -> cost   does the work; the cycles until the next firing may start
//   put(outlet, i)       sets the value of the i-th token that is staged next on an outlet
//   step(last)           goes on to the next firing
// What happens within a burst of firings follows, unless it knows better:
//   work(count) -> costs, or null where each firing costs 1
#include <array>

#include "engine/process.hpp"

namespace rdu::engine {

template <class Action>
class Unit : public Process {
 public:
  using Process::Process;

  std::int64_t advance(std::int64_t budget, Turn turn) final {
    return take_turn(*this, budget, turn);
  }

 protected:
  const Time* work(std::int64_t count) {
    const auto depth = static_cast<std::size_t>(chain_.depth());
    for (std::int64_t i = 0; i < count; ++i) {
      for (const InputPort& input : inputs_at_[depth]) action().take(input, i);
      costs_[static_cast<std::size_t>(i)] = action().act(chain_.depth());
      for (const Outlet& outlet : outlets_at_[depth]) action().put(outlet, i);
      action().step(chain_.depth());
      chain_.step_inner(1);
    }
    return costs_.data();
  }

 private:
  friend Process;

  // Makes firings that nothing can stop, values first, then times.
  void fire_burst(std::int64_t most) {
    std::int64_t left = burst_left(most);
    if (left <= 0) return;
    while (left != 0) {
      const std::int64_t count = burst_run(left);
      time_burst(count, action().work(count));
      left -= count;
    }
    const auto depth = static_cast<std::size_t>(chain_.depth());
    for (const InputPort& input : inputs_at_[depth]) wake_writer(*input.channel);
    for (const Outlet& outlet : outlets_at_[depth]) wake_reader(*outlet.channel);
  }

  // When the next firing starts: the first latest of its terms, to which the wait is booked.
  Time start(const std::vector<InputPort>& popped) {
    Time time = next_free_;
    int cause = kBusy;
    for (const InputPort& input : popped) {
      const Time arrival = input.channel->arrival();
      if (arrival <= time) continue;
      time = arrival;
      cause = kFirstPort + input.number;
    }
    if (fired_ >= limit_) {
      const Retirement& freed = retirement(fired_ - limit_);
      if (freed.time > time) {
        time = freed.time;
        cause = freed.cause;
      }
    }
    waits_[static_cast<std::size_t>(cause)] += time - next_free_;
    return time;
  }

  // Starts the next firing if the times that decide its start are known.
  bool fire(Turn turn) {
    const int first = chain_.first();
    const int last = chain_.last();
    const auto& popped = inputs_at_[static_cast<std::size_t>(first)];
    if (starved(popped) || fired_ - retired_ == limit_) return false;
    if (turn == Turn::in_step && slot_missing(outlets_at_[static_cast<std::size_t>(last)])) {
      fabric_.agenda.wake_ahead(number_);
      return false;
    }
    const Time time = start(popped);
    for (const InputPort& input : popped) {
      input.channel->keep_pops(1);
      action().take(input, 0);
      input.channel->pop(time);
      wake_writer(*input.channel);
    }
    const Time cost = action().act(first);
    bank_ += cost - 1;
    next_free_ = time + cost;
    emit(time + depth_, last);
    action().step(last);
    chain_.step(last);
    return true;
  }

  // Pushes the tokens of every output that ends an iteration, or stages them for later.
  void emit(Time ready, int last) {
    const std::int64_t firing = fired_++;
    Time left = 0;
    std::int32_t decisive = 0;
    std::int32_t pending = 0;
    for (const Outlet& outlet : outlets_at_[static_cast<std::size_t>(last)]) {
      Channel& channel = *outlet.channel;
      const bool now = !channel.has_staged() && channel.has_slot();
      channel.reserve();
      action().put(outlet, 0);
      channel.stage(firing);
      if (!now) {
        ++pending;
        continue;
      }
      const Time time = channel.push(ready);
      if (time > left) {
        left = time;
        decisive = outlet.number;
      }
      wake_reader(channel);
    }
    if (pending == 0 && retired_ == firing) {
      retire(std::max(ready, next_free_), left, decisive, 1, kBusy);
    } else {
      flight(firing) = {ready, next_free_, left, decisive, pending, 0, 1};
    }
  }

  // Pushes staged tokens that have a slot now; retires firings in order.
  void drain() {
    for (const Outlet& outlet : outlets_) {
      Channel& channel = *outlet.channel;
      while (channel.has_staged() && channel.has_slot()) {
        Flight& flying = flight(channel.next_firing());
        flying.pushed(channel.push(flying.ready), outlet.number);
        wake_reader(channel);
      }
    }
    while (retired_ != fired_ && flight(retired_).pushes == 0) {
      const Flight& flying = flight(retired_);
      retire(std::max(flying.ready, flying.free), flying.left, flying.outlet, 1, kBusy);
    }
  }

  Action& action() { return static_cast<Action&>(*this); }

  std::array<Time, kBurst> costs_;
};

}  // namespace rdu::engine
