// The times of a burst of firings: the rules of `Unit::fire` and `Channel::push` once more, for
// firings of which all is known that decides their times.
//
// What must hold (see `Process::burst_left`): every firing of the burst pops the same inputs and
// pushes the same outputs, once each; all tokens and slots that it needs were there before it; and
// all firings before it have retired.
//
// A firing that waits is worked out by itself. Those after it start, push and retire one cycle
// later each, as long as nothing that they need comes later than that: their times are ramps.
#include "engine/process.hpp"

namespace rdu::engine {

namespace {

// How many of `times`, one after another, are not after `first`, `first + 1`, ... They are a cycle
// apart at least, but for those before the first cycle, so the last of them speaks for all.
std::int64_t in_step(const Time* times, Time first, std::int64_t count) {
  if (times[count - 1] < first + count) return count;
  std::int64_t i = 0;
  while (times[i] <= first + i) ++i;
  return i;
}

// How many firings from the first on cost one cycle; the first in any case.
std::int64_t at_full_rate(const Time* costs, std::int64_t count) {
  std::int64_t i = 0;
  while (i < count && costs[i] == 1) ++i;
  return std::max<std::int64_t>(1, i);
}

void ramp(Time* times, Time first, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) times[i] = first + i;
}

}  // namespace

std::int64_t Process::burst_left(std::int64_t most) const {
  if (retired_ != fired_) return 0;
  const auto depth = static_cast<std::size_t>(chain_.depth());
  std::int64_t count = std::min(most, chain_.inner_left());
  for (const InputPort& input : inputs_at_[depth]) count = std::min(count, input.channel->held());
  for (const Outlet& outlet : outlets_at_[depth]) count = std::min(count, outlet.channel->room());
  return count;
}

std::int64_t Process::burst_run(std::int64_t count) {
  const auto depth = static_cast<std::size_t>(chain_.depth());
  count = std::min(count, kBurst);
  for (const InputPort& input : inputs_at_[depth]) {
    input.channel->keep_pops(count);
    count = std::min(count, input.channel->pop_run());
  }
  for (const Outlet& outlet : outlets_at_[depth]) {
    count = std::min(count, outlet.channel->push_run());
  }
  return count;
}

std::int64_t Process::retired_in_step(Time time, Time retires, std::int64_t count) {
  const std::int64_t before = std::min(count, limit_);
  if (retired_at_ > time) {
    for (std::int64_t i = 0; i < before; ++i) {
      if (retirement(fired_ + i - limit_).time > time + i) return i;
    }
  }
  return retires > time + limit_ ? before : count;
}

void Process::time_burst(std::int64_t count, const Time* costs) {
  const auto depth = static_cast<std::size_t>(chain_.depth());
  const std::vector<InputPort>& inputs = inputs_at_[depth];
  const std::vector<Outlet>& outlets = outlets_at_[depth];
  for (std::size_t k = 0; k < inputs.size(); ++k) pops_[k] = inputs[k].channel->pop_times();
  for (std::size_t k = 0; k < outlets.size(); ++k) pushes_[k] = outlets[k].channel->push_times();

  for (std::int64_t i = 0, run; i < count; i += run) {
    Time time = next_free_;
    int cause = kBusy;
    for (std::size_t k = 0; k < inputs.size(); ++k) {
      if (pops_[k].arrivals[i] <= time) continue;
      time = pops_[k].arrivals[i];
      cause = kFirstPort + inputs[k].number;
    }
    const Retirement& freed = retirement(fired_ - limit_);
    if (freed.time > time) {
      time = freed.time;
      cause = freed.cause;
    }
    waits_[static_cast<std::size_t>(cause)] += time - next_free_;

    const Time cost = costs == nullptr ? 1 : costs[i];
    const Time ready = time + depth_;
    Time retires = std::max(ready, time + cost);
    cause = kBusy;
    for (std::size_t k = 0; k < outlets.size(); ++k) {
      PushTimes& push = pushes_[k];
      push.last = std::max({ready, push.last + 1, push.dequeues[i] + 1});
      if (push.last <= retires) continue;
      retires = push.last;
      cause = outlets[k].cause;
    }

    run = 1;
    if (retired_at_ > retires) {
      retires = retired_at_;
      cause = retired_cause_;
    } else {
      run = count - i;
      if (costs != nullptr) run = at_full_rate(costs + i, run);
      for (std::size_t k = 0; k < inputs.size(); ++k) {
        run = in_step(pops_[k].arrivals + i, time, run);
      }
      for (std::size_t k = 0; k < outlets.size(); ++k) {
        run = in_step(pushes_[k].dequeues + i, pushes_[k].last - 1, run);
      }
      run = std::max<std::int64_t>(1, retired_in_step(time, retires, run));
    }

    for (std::size_t k = 0; k < inputs.size(); ++k) ramp(pops_[k].pops + i, time, run);
    for (std::size_t k = 0; k < outlets.size(); ++k) {
      PushTimes& push = pushes_[k];
      ramp(push.arrivals + i, push.last + push.latency, run);
      push.last += run - 1;
    }
    // No firing to come looks further back.
    for (std::int64_t k = std::max<std::int64_t>(0, run - limit_); k < run; ++k) {
      retirement(fired_ + k) = {retires + k, cause, 1};
    }
    bank_ += cost - 1;
    next_free_ = time + run - 1 + cost;
    retired_at_ = retires + run - 1;
    retired_cause_ = cause;
    fired_ += run;
  }
  retired_ = fired_;
  for (const InputPort& input : inputs) input.channel->popped(count);
  for (std::size_t k = 0; k < outlets.size(); ++k) {
    outlets[k].channel->pushed(count, pushes_[k].last);
  }
}

}  // namespace rdu::engine
