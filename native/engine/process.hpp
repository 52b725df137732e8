// A context at work: what all kinds share - ports, firings in flight, retirement, account of
// cycles.
#pragma once

#include <memory>
#include <vector>

#include "engine/agenda.hpp"
#include "engine/chain.hpp"
#include "engine/channel.hpp"
#include "engine/outcome.hpp"
#include "engine/specification.hpp"
#include "engine/tier.hpp"

namespace rdu::engine {

// What a process sees of the rest of the section.
struct Fabric {
  Fabric(const SectionSpec& section);

  const SectionSpec& spec;
  std::vector<Channel> channels;
  std::vector<std::vector<Word>> memories;
  Tier tier;
  Agenda agenda;
  std::int64_t loaded_bytes = 0;
  std::int64_t stored_bytes = 0;
};

class Process {
 public:
  Process(int number, const ContextSpec& spec, Fabric& fabric);
  virtual ~Process() = default;
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // Fires as often as known tokens and retirements allow, and slots if the turn asks for them, at
  // most about `budget` times; returns how often it fired.
  virtual std::int64_t advance(std::int64_t budget, Turn turn) = 0;
  // The memory tier has served one of its requests.
  virtual void served(const Request& request, Time response);

  bool finished() const { return chain_.done() && retired_ == fired_; }
  Time next_free() const { return next_free_; }
  Time retired_at() const { return retired_at_; }
  // The channel that an unfinished process waits for; false if it waits for memory.
  bool blocked_on(BlockedContext& blocked) const;
  ContextAccount account() const;

 protected:
  // Why a firing waited; inputs and outputs follow in port order.
  static constexpr int kBusy = 0;
  static constexpr int kMemory = 1;
  static constexpr int kFirstPort = 2;

  struct InputPort {
    Channel* channel;
    int number;
  };
  // One channel of an output port.
  struct Outlet {
    Channel* channel;
    int number;
    int value;
    int cause;
  };
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
  struct Retirement {
    Time time;
    std::int32_t cause;
    std::int32_t weight;
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
    do {
      if (retired_ != fired_) self.drain();
      do {
        self.fire_burst(end - fired_);
      } while (!chain_.done() && fired_ < end && self.fire(turn));
    } while (self_loop_ && can_push());
    mark_blocked_writers();
    if (fired_ >= end) fabric_.agenda.wake(number_);
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
  void wake_reader(Channel& channel) {
    if (!channel.reader_waits) return;
    channel.reader_waits = false;
    fabric_.agenda.wake(channel.sink());
  }
  void wake_writer(Channel& channel) {
    if (!channel.writer_waits) return;
    channel.writer_waits = false;
    fabric_.agenda.wake(channel.source());
  }
  // Retires the next firing: remembers the first term that decided when.
  void retire(Time ready, Time left, int outlet, int weight, int ready_cause) {
    Time time = ready;
    int cause = ready_cause;
    if (left > time) {
      time = left;
      cause = outlets_[static_cast<std::size_t>(outlet)].cause;
    }
    if (retired_at_ > time) {
      time = retired_at_;
      cause = retired_cause_;
    }
    retired_at_ = time;
    retired_cause_ = cause;
    retirement(retired_++) = {time, cause, weight};
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

  const int number_;
  const ContextSpec& spec_;
  Fabric& fabric_;
  const int lanes_;
  const Mask all_lanes_;
  const Time depth_;
  const std::int64_t limit_;
  Chain chain_;

  std::vector<InputPort> inputs_;
  std::vector<Outlet> outlets_;
  // Ports that act when a firing is the first (or last) of an iteration of a level.
  std::vector<std::vector<InputPort>> inputs_at_;
  std::vector<std::vector<Outlet>> outlets_at_;
  bool self_loop_ = false;

  Time next_free_ = 0;
  Time bank_ = 0;
  std::vector<Time> waits_;  // by cause

  std::int64_t fired_ = 0;
  std::int64_t retired_ = 0;
  Time retired_at_ = 0;
  int retired_cause_ = kBusy;
  std::size_t mask_;  // of the two rings, indexed by firing
  std::vector<Flight> flights_;
  std::vector<Retirement> retirements_;
};

std::unique_ptr<Process> make_process(int number, const ContextSpec& spec, Fabric& fabric);

}  // namespace rdu::engine
