// The firing rule, for the kinds that do their work on the unit itself: compute, read, write.
//
// An Action derives from Unit<Action> and says what happens within a firing:
//   take(input)          reads the head token of an input that this firing pops
//   act(first) -> cost   does the work; the cycles until the next firing may start
//   put(outlet)          sets the value of the token just staged on an outlet
//   step(last)           goes on to the next firing
#pragma once

#include "engine/process.hpp"

namespace rdu::engine {

template <class Action>
class Unit : public Process {
 public:
  using Process::Process;

  std::int64_t advance(std::int64_t budget) final { return take_turn(*this, budget); }

 private:
  friend Process;

  // Makes the firings that nothing can stop: inside the innermost loop, nothing in flight, with
  // tokens and slots at hand. The same rules as in `fire` and `emit`, without their questions.
  void fire_clear(std::int64_t most) {
    const auto depth = static_cast<std::size_t>(chain_.depth());
    const auto& popped = inputs_at_[depth];
    const auto& pushed = outlets_at_[depth];
    std::int64_t count = retired_ == fired_ ? std::min(most, chain_.inner_left()) : 0;
    for (const InputPort& input : popped) count = std::min(count, input.channel->held());
    for (const Outlet& outlet : pushed) count = std::min(count, outlet.channel->room());
    if (count <= 0) return;
    for (std::int64_t i = 0; i < count; ++i) {
      const Time time = start(popped);
      for (const InputPort& input : popped) {
        action().take(input);
        input.channel->pop(time);
      }
      const Time cost = action().act(chain_.depth());
      bank_ += cost - 1;
      next_free_ = time + cost;
      Time left = 0;
      std::int32_t decisive = 0;
      for (const Outlet& outlet : pushed) {
        outlet.channel->stage_in_room();
        action().put(outlet);
        const Time leaves = outlet.channel->push(time + depth_);
        if (leaves > left) {
          left = leaves;
          decisive = outlet.number;
        }
      }
      ++fired_;
      retire(std::max(time + depth_, next_free_), left, decisive, 1, kBusy);
      action().step(chain_.depth());
      chain_.step_inner();
    }
    for (const InputPort& input : popped) wake_writer(*input.channel);
    for (const Outlet& outlet : pushed) wake_reader(*outlet.channel);
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
  bool fire() {
    const int first = chain_.first();
    const auto& popped = inputs_at_[static_cast<std::size_t>(first)];
    if (starved(popped) || fired_ - retired_ == limit_) return false;
    const Time time = start(popped);
    for (const InputPort& input : popped) {
      action().take(input);
      input.channel->pop(time);
      wake_writer(*input.channel);
    }
    const Time cost = action().act(first);
    bank_ += cost - 1;
    next_free_ = time + cost;
    const int last = chain_.last();
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
      channel.stage();
      action().put(outlet);
      if (!now) {
        channel.set_staged_firing(firing);
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
};

}  // namespace rdu::engine
