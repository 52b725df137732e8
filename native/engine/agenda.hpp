// Who gets a turn next.
#pragma once

#include <algorithm>
#include <limits>
#include <vector>

#include "engine/ring.hpp"
#include "engine/specification.hpp"

namespace rdu::engine {

// A turn on which a process may fire ahead of the slots of its tokens, or not.
enum class Turn { in_step, ahead };

// Processes that have something to do, in the order in which they got it. Those that could only
// fire ahead wait until there is nothing else: until then, most of them get the slots that they
// lack, and can make many firings at once. Behind a fault nobody fires any more.
class Agenda {
 public:
  explicit Agenda(std::size_t processes) : in_step_(processes), ahead_(processes) {}

  bool empty() const { return in_step_.empty() && ahead_.empty(); }
  bool all_ahead() const { return in_step_.empty(); }
  void wake(int process) { in_step_.add(process); }
  void wake_ahead(int process) { ahead_.add(process); }
  Turn next_turn() const { return in_step_.empty() ? Turn::ahead : Turn::in_step; }
  int take(Turn turn) { return (turn == Turn::in_step ? in_step_ : ahead_).take(); }
  // Calls `visit(process)` for each that could only fire ahead.
  template <class Visit>
  void visit_ahead(Visit&& visit) const {
    ahead_.visit(visit);
  }

  // Whether what happens at a time can make a difference: not behind a fault.
  bool matters(Time time) const { return time <= end_; }
  void end_at(Time time) { end_ = std::min(end_, time); }

 private:
  // A queue that holds each process at most once.
  class Queue {
   public:
    explicit Queue(std::size_t processes)
        : ring_(ring_size(static_cast<std::int64_t>(processes))), waits_(processes, false) {}

    bool empty() const { return first_ == end_; }
    template <class Visit>
    void visit(Visit&& visit) const {
      for (std::size_t i = first_; i != end_; ++i) visit(ring_[i & (ring_.size() - 1)]);
    }
    void add(int process) {
      if (waits_[static_cast<std::size_t>(process)]) return;
      waits_[static_cast<std::size_t>(process)] = true;
      ring_[end_++ & (ring_.size() - 1)] = process;
    }
    int take() {
      const int process = ring_[first_++ & (ring_.size() - 1)];
      waits_[static_cast<std::size_t>(process)] = false;
      return process;
    }

   private:
    std::vector<int> ring_;
    std::vector<char> waits_;
    std::size_t first_ = 0;
    std::size_t end_ = 0;
  };

  Queue in_step_;
  Queue ahead_;
  Time end_ = std::numeric_limits<Time>::max();
};

}  // namespace rdu::engine
