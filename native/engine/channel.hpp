// A bounded FIFO in time. Token n leaves its producer at
// max(ready, previous + 1, dequeue(n - capacity) + 1) and arrives `latency` cycles later.
//
// Tokens are numbered from 0, the initial ones included. [popped, pushed) are on their way or
// arrived; [pushed, staged) have a value but wait for their slot or their data.
#pragma once

#include <algorithm>
#include <vector>

#include "engine/specification.hpp"

namespace rdu::engine {

class Channel {
 public:
  // `in_flight` is how many tokens the producer may usually stage; more make the ring grow.
  Channel(const ChannelSpec& spec, int lanes, std::int64_t in_flight);

  TokenKind kind() const { return kind_; }
  int source() const { return source_; }
  int sink() const { return sink_; }
  bool empty() const { return popped_ == pushed_; }
  bool has_slot() const { return pushed_ - popped_ < limit_; }
  // How many tokens can be staged and pushed at once.
  std::int64_t room() const { return std::min(limit_ - held(), size() - (staged_ - popped_)); }
  bool has_staged() const { return staged_ != pushed_; }
  std::int64_t held() const { return pushed_ - popped_; }
  bool settled_at_start() const { return held() == init_; }

  // -- the producer ---------------------------------------------------------------------------
  // Makes room for one more value; its words and mask are then set through `staged_*`.
  void stage() {
    if (staged_ - popped_ == size()) grow();
    ++staged_;
  }
  // The same where `room()` is known to be positive.
  void stage_in_room() { ++staged_; }
  Word* staged_words() { return words_.data() + index(staged_ - 1) * width_; }
  void set_staged_mask(Mask mask) { masks_[index(staged_ - 1)] = mask; }
  void set_staged_firing(std::int64_t firing) { firings_[index(staged_ - 1)] = firing; }
  // The token that is pushed next: its firing, and its value for loads, whose data comes late.
  std::int64_t next_firing() const { return firings_[index(pushed_)]; }
  Word* next_words() { return words_.data() + index(pushed_) * width_; }
  void set_next_mask(Mask mask) { masks_[index(pushed_)] = mask; }

  // Pushes the next staged token, ready at a time; needs a slot. Returns when it leaves.
  Time push(Time ready) {
    const Time slot = limit_ == kUnbounded ? 0 : pops_[pop_index(pushed_ - limit_)] + 1;
    const Time time = std::max({ready, last_push_ + 1, slot});
    last_push_ = time;
    arrivals_[index(pushed_)] = time + latency_;
    if (last_pop_ < time) {
      passed_ = popped_;
    } else {
      settle_push(time);
    }
    ++pushed_;
    return time;
  }

  // -- the consumer ---------------------------------------------------------------------------
  Time arrival() const { return arrivals_[index(popped_)]; }
  const Word* head_words() const { return words_.data() + index(popped_) * width_; }
  Mask head_mask() const { return masks_[index(popped_)]; }

  void pop(Time time) {
    while (settled_ != pushed_ && arrivals_[index(settled_)] - latency_ <= time) ++settled_;
    high_water_ = std::max(high_water_, settled_ - popped_);
    if (limit_ == kUnbounded && popped_ - passed_ > static_cast<std::int64_t>(pops_mask_)) {
      grow_pops();
    }
    pops_[pop_index(popped_)] = time;
    last_pop_ = time;
    ++popped_;
  }

  std::int64_t tokens() const { return popped_; }
  std::int64_t high_water() const { return std::max(high_water_, pushed_ - popped_); }

  // Set by a context that waits here and must get a turn when that changes.
  bool reader_waits = false;
  bool writer_waits = false;

 private:
  static constexpr std::int64_t kUnbounded = std::int64_t{1} << 62;

  std::int64_t size() const { return static_cast<std::int64_t>(mask_) + 1; }
  std::size_t index(std::int64_t token) const { return static_cast<std::size_t>(token) & mask_; }
  std::size_t pop_index(std::int64_t pop) const {
    return static_cast<std::size_t>(pop) & pops_mask_;
  }
  void grow();
  void grow_pops();
  void settle_push(Time time);

  TokenKind kind_;
  int source_;
  int sink_;
  std::size_t width_;
  std::int64_t limit_;
  std::int64_t init_;
  Time latency_;
  std::size_t mask_;
  std::size_t pops_mask_;

  std::int64_t popped_ = 0;
  std::int64_t pushed_;
  std::int64_t staged_;
  Time last_push_ = -1;
  Time last_pop_ = -1;

  // The high-water mark counts a push at time t after the pops before t and before those at t.
  // Pushes below `settled_` are counted; pops below `passed_` were before the last push.
  std::int64_t settled_;
  std::int64_t passed_ = 0;
  std::int64_t high_water_;

  std::vector<Time> arrivals_;
  std::vector<Word> words_;
  std::vector<Mask> masks_;
  std::vector<std::int64_t> firings_;
  std::vector<Time> pops_;
};

}  // namespace rdu::engine
