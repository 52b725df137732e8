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
#include <utility>

#include "engine/burst.hpp"
#include "engine/regular.hpp"

namespace rdu::engine {

template <class Action>
class Unit : public Regular {
 public:
  using Regular::Regular;

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
  friend Regular;

  // Makes firings that nothing can stop, inside the innermost loop. A recorder is told of each
  // event, for which there is no time here.
  void fire_burst(std::int64_t most) {
    if (fabric_.recorder != nullptr) return;
    const std::int64_t before = fired_;
    while (retired_ == fired_ && (this->*burst_)(most + before - fired_)) {
    }
    if (fired_ == before) return;
    for (const InputPort& input : inputs_at_.back()) wake_writer(*input.channel);
    for (const Outlet& outlet : outlets_at_.back()) wake_reader(*outlet.channel);
  }

  // Makes one burst, values first, then times (see burst.hpp); false if there is none to make.
  template <std::size_t I, std::size_t O>
  bool burst(std::int64_t most) {
    const InputPort* const inputs = inputs_at_.back().data();
    const Outlet* const outlets = outlets_at_.back().data();
    Ports<PopTimes, I> pops(inputs_at_.back().size());
    Ports<PushTimes, O> pushes(outlets_at_.back().size());
    std::int64_t count = std::min({most, chain_.inner_left(), kBurst});
    for (std::size_t k = 0; k < pops.size(); ++k) count = inputs[k].channel->poppable(count);
    for (std::size_t k = 0; k < pushes.size(); ++k) count = outlets[k].channel->pushable(count);
    if (count <= 0) return false;
    for (std::size_t k = 0; k < pops.size(); ++k) pops[k] = inputs[k].channel->pop_times();
    for (std::size_t k = 0; k < pushes.size(); ++k) pushes[k] = outlets[k].channel->push_times();
    const Time* costs = action().work(count);

    for (std::int64_t i = 0, run; i < count; i += run) {
      Time time = next_free_;
      int cause = kBusy;
      for (std::size_t k = 0; k < pops.size(); ++k) {
        if (pops[k].arrivals[i] <= time) continue;
        time = pops[k].arrivals[i];
        cause = kFirstPort + inputs[k].number;
      }
      const Retirement& freed = retirement(fired_ - limit_);
      if (freed.time > time) {
        time = freed.time;
        cause = freed.cause;
      }
      if (time != next_free_) waits_[static_cast<std::size_t>(cause)] += time - next_free_;

      const Time cost = costs == nullptr ? 1 : costs[i];
      const Time ready = time + depth_;
      Time retires = std::max(ready, time + cost);
      cause = kBusy;
      for (std::size_t k = 0; k < pushes.size(); ++k) {
        PushTimes& push = pushes[k];
        push.last = std::max({ready, push.last + 1, push.dequeues[i] + 1});
        if (push.last <= retires) continue;
        retires = push.last;
        cause = outlets[k].cause;
      }

      run = 1;
      if (retired_at_ > retires) {
        retires = retired_at_;
        cause = retired_cause_;
      } else if (cost == 1) {
        run = count - i;
        if (costs != nullptr)
          run = std::find_if(costs + i, costs + count, costs_more) - (costs + i);
        for (std::size_t k = 0; k < pops.size(); ++k) {
          run = in_step(pops[k].arrivals + i, time, run);
        }
        for (std::size_t k = 0; k < pushes.size(); ++k) {
          run = in_step(pushes[k].dequeues + i, pushes[k].last - 1, run);
        }
        run = retired_in_step(time, retires, run);
      }

      for (std::size_t k = 0; k < pops.size(); ++k) ramp(pops[k].pops + i, time, run);
      for (std::size_t k = 0; k < pushes.size(); ++k) {
        PushTimes& push = pushes[k];
        ramp(push.arrivals + i, push.last + push.latency, run);
        push.last += run - 1;
      }
      // No firing to come looks further back.
      for (std::int64_t j = std::max<std::int64_t>(0, run - limit_); j < run; ++j) {
        retirement(fired_ + j) = {retires + j, cause, 1};
      }
      bank_ += cost - 1;
      next_free_ = time + run - 1 + cost;
      retired_at_ = retires + run - 1;
      retired_cause_ = cause;
      fired_ += run;
    }
    retired_ = fired_;
    for (std::size_t k = 0; k < pops.size(); ++k) inputs[k].channel->popped(count);
    for (std::size_t k = 0; k < pushes.size(); ++k) {
      outlets[k].channel->pushed(count, pushes[k].last);
    }
    return true;
  }

  // The burst for as many ports as this context has in its innermost loop.
  using Burst = bool (Unit::*)(std::int64_t);
  Burst choose_burst() const {
    constexpr std::size_t kKinds = kAny + 1;
    static constexpr auto kBursts = []<std::size_t... N>(std::index_sequence<N...>) {
      return std::array<Burst, sizeof...(N)>{&Unit::template burst<N / kKinds, N % kKinds>...};
    }(std::make_index_sequence<kKinds * kKinds>());
    const std::size_t inputs = std::min(inputs_at_.back().size(), kAny);
    const std::size_t outlets = std::min(outlets_at_.back().size(), kAny);
    return kBursts[inputs * kKinds + outlets];
  }
  static bool costs_more(Time cost) { return cost != 1; }

  // When a firing starts: the first latest of its terms, to which the wait is booked.
  struct Start {
    Time time;
    int cause;
  };
  Start start(const std::vector<InputPort>& popped) {
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
    return {time, cause};
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
    const auto [time, cause] = start(popped);
    for (const InputPort& input : popped) {
      input.channel->keep_pops(1);
      action().take(input, 0);
      input.channel->pop(time);
      wake_writer(*input.channel);
    }
    const Time cost = action().act(first);
    bank_ += cost - 1;
    next_free_ = time + cost;
    if (fabric_.recorder != nullptr) {
      record_firing(popped, time, cost, cause, fired_ >= limit_ ? 1 : 0);
    }
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
      record_push(outlet, firing, ready);
      if (time > left) {
        left = time;
        decisive = outlet.number;
      }
      wake_reader(channel);
    }
    const Flight flying{ready, next_free_, left, decisive, pending, 0, 1};
    if (pending == 0 && retired_ == firing) {
      retire(flying, kBusy);
    } else {
      flight(firing) = flying;
    }
  }

  // Pushes staged tokens that have a slot now; retires firings in order.
  void drain() {
    for (const Outlet& outlet : outlets_) {
      Channel& channel = *outlet.channel;
      while (channel.has_staged() && channel.has_slot()) {
        const std::int64_t firing = channel.next_firing();
        Flight& flying = flight(firing);
        flying.pushed(channel.push(flying.ready), outlet.number);
        record_push(outlet, firing, flying.ready);
        wake_reader(channel);
      }
    }
    while (retired_ != fired_ && flight(retired_).pushes == 0) retire(flight(retired_), kBusy);
  }

  Action& action() { return static_cast<Action&>(*this); }

  const Burst burst_ = choose_burst();
  std::array<Time, kBurst> costs_;
};

}  // namespace rdu::engine
