// A context at work: what all kinds share - ports and the account of cycles.
#pragma once

#include <memory>
#include <vector>

#include "engine/fabric.hpp"
#include "engine/outcome.hpp"
#include "engine/retirement.hpp"

namespace rdu::engine {

class Process {
 public:
  // Why a firing waited; inputs and outputs follow in port order.
  static constexpr int kBusy = 0;
  static constexpr int kMemory = 1;
  static constexpr int kFirstPort = 2;

  Process(int number, const ContextSpec& spec, Fabric& fabric);
  virtual ~Process() = default;
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // Fires as often as known tokens and retirements allow, and slots if the turn asks for them, at
  // most about `budget` times; returns how often it fired.
  virtual std::int64_t advance(std::int64_t budget, Turn turn) = 0;
  // The memory tier has served one of its requests.
  virtual void served(const Request& request, Time response);
  // If it chooses by time: the first time at which its pending choice can show anywhere, and the
  // choice, if it is due before a horizon, which no event that is still unknown precedes.
  virtual Time horizon() const { return kNever; }
  virtual void choose(Time horizon);

  virtual bool finished() const = 0;
  // The firing at which it has stopped, or null.
  virtual const Fault* fault() const { return nullptr; }
  // The channel that an unfinished process waits for; false if it waits for memory.
  virtual bool blocked_on(BlockedContext& blocked) const = 0;
  Time next_free() const { return next_free_; }
  Time retired_at() const { return retired_at_; }
  ContextAccount account() const;

 protected:
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

  // Most firings of a primitive in a turn, and tokens on an output with which others get their
  // turns before: so what is under way fits a cache.
  static constexpr std::int64_t kTurn = 1 << 10;
  bool gives_way(Turn turn) const {
    if (turn == Turn::ahead) return false;
    for (const Outlet& outlet : outlets_) {
      if (outlet.channel->held() > kTurn) return true;
    }
    return false;
  }
  // Whether the next firing can make a difference.
  bool in_time() const { return fabric_.agenda.matters(next_free_); }
  void wake_reader(Channel& channel) { fabric_.wake_reader(channel); }
  void wake_writer(Channel& channel) { fabric_.wake_writer(channel); }
  // Tells the recorder, if there is one, that a token of a firing leaves.
  void record_push(const Outlet& outlet, std::int64_t firing, Time ready, Time delay = 0,
                   bool by_kept = false) {
    if (fabric_.recorder == nullptr) return;
    const int channel = fabric_.number_of(*outlet.channel);
    fabric_.recorder->pushed({number_, outlet.number, channel, firing, ready, delay, by_kept});
  }
  // Retires the next firing, which is done at a time for a cause, and whose last token left by an
  // outlet: the first term that decided when.
  Retirement retire_next(Time time, int cause, Time left, int outlet, int weight = 1) {
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
    return {time, cause, weight};
  }
  // Names the channel, the first in port order, that has no slot for a token of a firing.
  bool held_up(std::int64_t firing, BlockedContext& blocked) const;

  const int number_;
  const ContextSpec& spec_;
  Fabric& fabric_;
  const int lanes_;
  const Mask all_lanes_;
  const Time depth_;

  std::vector<InputPort> inputs_;
  std::vector<Outlet> outlets_;
  bool self_loop_ = false;

  Time next_free_ = 0;
  Time bank_ = 0;
  std::vector<Time> waits_;  // by cause
  std::int64_t fired_ = 0;
  Time retired_at_ = 0;
  int retired_cause_ = kBusy;
};

std::unique_ptr<Process> make_process(int number, const ContextSpec& spec, Fabric& fabric);

}  // namespace rdu::engine
