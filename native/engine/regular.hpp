// A context whose firings are known before the run: a plain counter chain, ports that act once in
// every iteration of their levels, addresses over counters. Its firings in flight and retirement.
#pragma once

#include <vector>

#include "engine/chain.hpp"
#include "engine/process.hpp"

namespace rdu::engine {

class Regular : public Process {
 public:
  Regular(int number, const ContextSpec& spec, Fabric& fabric);

  bool finished() const final { return chain_.done() && retired_ == fired_; }
  bool blocked_on(BlockedContext& blocked) const final;

 protected:
  // A firing that has not retired.
  struct Flight {
    Time ready;
    Time free;  // when its bank cycles are over
    Time left;
    std::int32_t outlet;  // the first one whose token left last
    std::int32_t pushes;
    std::int32_t responses;
    std::int32_t weight;

    // One more of its tokens has left.
    void pushed(Time time, std::int32_t by) {
      --pushes;
      if (time < left || (time == left && by > outlet)) return;
      left = time;
      outlet = by;
    }
  };

  Flight& flight(std::int64_t firing) { return flights_[static_cast<std::size_t>(firing) & mask_]; }
  Retirement& retirement(std::int64_t firing) {
    return retirements_[static_cast<std::size_t>(firing) & mask_];
  }
  // What every kind does with a turn. Self has
  //   fire(turn) -> bool  starts the next firing if the times that decide its start are known
  //   fire_burst(most)    starts firings that need no questions, if it knows a way to
  //   drain()             pushes what is ready and has a slot; retires firings in order
  template <class Self>
  std::int64_t take_turn(Self& self, std::int64_t budget, Turn turn) {
    const std::int64_t before = fired_;
    const std::int64_t end = fired_ + budget;
    const bool waits = gives_way(turn);
    do {
      if (retired_ != fired_) self.drain();
      if (waits) break;
      do {
        self.fire_burst(end - fired_);
      } while (!chain_.done() && fired_ < end && in_time() && self.fire(turn));
    } while (self_loop_ && can_push());
    mark_blocked_writers();
    if (waits && !chain_.done()) fabric_.agenda.wake_ahead(number_);
    if (fired_ >= end && in_time()) fabric_.agenda.wake(number_);
    return fired_ - before;
  }
  // Whether a token is missing; if so, the process gets a turn when it comes.
  static bool starved(const std::vector<InputPort>& popped) {
    for (const InputPort& input : popped) {
      if (!input.channel->empty()) continue;
      input.channel->reader_waits = true;
      return true;
    }
    return false;
  }
  // Whether a token would have to wait for its slot; if so, the process gets a turn with the slot.
  static bool slot_missing(const std::vector<Outlet>& pushed) {
    for (const Outlet& outlet : pushed) {
      if (!outlet.channel->has_staged() && outlet.channel->has_slot()) continue;
      outlet.channel->writer_waits = true;
      return true;
    }
    return false;
  }
  // Tells the recorder of a firing that pops these inputs.
  void record_firing(const std::vector<InputPort>& popped, Time time, Time cost, int cause,
                     std::int64_t freed);
  // Retires the next firing: remembers the first term that decided when.
  void retire(const Flight& flying, int ready_cause) {
    if (fabric_.recorder != nullptr) {
      fabric_.recorder->retired({number_, flying.ready, flying.free, false});
    }
    retirement(retired_++) = retire_next(std::max(flying.ready, flying.free), ready_cause,
                                         flying.left, flying.outlet, flying.weight);
  }
  void mark_blocked_writers();
  bool can_push() const;

  // Of the next firings, started at `time`, `time + 1`, ... and retired from `retires` on, those
  // that no firing in flight holds up; the first is one of them.
  std::int64_t retired_in_step(Time time, Time retires, std::int64_t count) {
    if (retires > time + limit_) count = std::min(count, limit_);
    if (retired_at_ <= time) return count;
    for (std::int64_t i = 1; i < std::min(count, limit_); ++i) {
      if (retirement(fired_ + i - limit_).time > time + i) return i;
    }
    return count;
  }

  const std::int64_t limit_;
  Chain chain_;
  // Ports that act when a firing is the first (or last) of an iteration of a level.
  std::vector<std::vector<InputPort>> inputs_at_;
  std::vector<std::vector<Outlet>> outlets_at_;
  std::int64_t retired_ = 0;
  std::size_t mask_;  // of the two rings, indexed by firing
  std::vector<Flight> flights_;
  std::vector<Retirement> retirements_;
  std::vector<int> recorded_;  // inputs of the firing that the recorder is told of
};

// Whether a context has nothing that asks for more.
bool is_regular(const ContextSpec& spec, const SectionSpec& section);

}  // namespace rdu::engine
