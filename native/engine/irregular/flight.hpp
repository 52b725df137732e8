// Firings between their start and their retirement: tokens that leave, and why they leave late.
#pragma once

#include <deque>

#include "engine/retirement.hpp"

namespace rdu::engine {

// It retires when its responses are there and its tokens have left.
struct Firing {
  std::int64_t number;  // of those in flight, from 0
  Time ready;           // of its tokens: its depth after the start, or its last response
  Time free;            // when its bank cycles are over, or an array has drained
  int weight;           // what it takes of the limit
  int responses;
  int pushes;
  Time left;   // when the last token left,
  int outlet;  // and the first outlet of those that left then

  // One more of its tokens has left.
  void pushed(Time time, int by) {
    --pushes;
    if (time < left || (time == left && by > outlet)) return;
    left = time;
    outlet = by;
  }
};

// The firings of one context in flight, and the room that retirements have left.
class Flight {
 public:
  explicit Flight(std::int64_t limit) : limit_(limit) {}

  bool empty() const { return flying_.empty(); }
  Firing& front() { return flying_.front(); }
  const Firing& front() const { return flying_.front(); }
  Firing& operator[](std::int64_t number) {
    return flying_[static_cast<std::size_t>(number - flying_.front().number)];
  }
  // The number of the next firing, if it flies.
  std::int64_t next() const { return next_; }
  void add(const Firing& firing) {
    flying_.push_back(firing);
    ++next_;
  }
  // Returns whether it is waited for together with the retirement before.
  bool retire(const Retirement& retirement);

  // Whether enough firings have retired to leave room, or none is left to wait for.
  bool has_room(int weight) const {
    return flying_.empty() || limit_ - in_flight_ + freed_ >= weight;
  }
  // Takes room for a firing, calling `wait(retirement)` for all that it waits for.
  template <class Wait>
  void take_room(int weight, Wait&& wait) {
    while (in_flight_ + weight > limit_ && !retirements_.empty()) {
      const Retirement freed = retirements_.front();
      retirements_.pop_front();
      in_flight_ -= freed.weight;
      freed_ -= freed.weight;
      wait(freed);
    }
    in_flight_ += weight;
  }

 private:
  const std::int64_t limit_;
  std::int64_t in_flight_ = 0;  // weights of firings whose retirement no firing has waited for
  std::int64_t freed_ = 0;      // of those, what has retired
  std::int64_t next_ = 0;
  std::deque<Firing> flying_;
  std::deque<Retirement> retirements_;
};

}  // namespace rdu::engine
