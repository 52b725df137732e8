// Many firings of a sparse primitive at once, where nothing can come between.
#pragma once

#include "engine/burst.hpp"
#include "engine/sparse/stepper.hpp"

namespace rdu::engine {

template <class Fill>
void Stepper::give_burst(std::size_t role, std::int64_t count, Fill&& fill) {
  const Time ready = next_free_ + depth_;
  for (std::size_t i = sinks_[role].first; i < sinks_[role].end; ++i) {
    Channel& channel = *outlets_[i].channel;
    fill(channel.put_words());
    std::fill_n(channel.put_codes(), count, kValue);
    const PushTimes times = channel.push_times();
    ramp(times.arrivals, ready + times.latency, count);
    channel.pushed(count, ready + count - 1);
    wake_reader(channel);
  }
}

// Firings that pop and give nothing, so that only arrivals and the depth decide when.
class Stepper::LoneFirings {
 public:
  explicit LoneFirings(Stepper& stepper)
      : stepper_(stepper), free_(stepper.next_free_), fired_(stepper.fired_) {}
  // Starts the next one, whose latest token arrives at a time, at `port`; returns when.
  Time next(Time arrival, int port) {
    Time time = free_;
    int cause = kBusy;
    if (arrival > time) {
      time = arrival;
      cause = kFirstPort + port;
    }
    if (fired_ >= stepper_.depth_) {
      const Retirement& before = stepper_.retirement(fired_ - stepper_.depth_);
      if (before.time > time) {
        time = before.time;
        cause = before.cause;
      }
    }
    if (time != free_) stepper_.waits_[static_cast<std::size_t>(cause)] += time - free_;
    free_ = time + 1;
    Retirement& own = stepper_.retirement(fired_++);
    own = {time + stepper_.depth_, kBusy};
    if (stepper_.retired_at_ > own.time) {
      own = {stepper_.retired_at_, stepper_.retired_cause_};
    } else {
      stepper_.retired_at_ = own.time;
      stepper_.retired_cause_ = kBusy;
    }
    return time;
  }
  std::int64_t end() {
    const std::int64_t count = fired_ - stepper_.fired_;
    stepper_.next_free_ = free_;
    stepper_.fired_ = fired_;
    stepper_.begun_ += count;
    stepper_.retired_ += count;
    return count;
  }

 private:
  Stepper& stepper_;
  Time free_;
  std::int64_t fired_;
};

}  // namespace rdu::engine
