// A bounded FIFO in time. Token n leaves its producer at
// max(ready, previous + 1, dequeue(n - capacity) + 1) and arrives `latency` cycles later.
//
// Tokens are numbered from 0, the initial ones included. [popped, pushed) are on their way or
// arrived; [pushed, staged) have a value but wait for their slot or their data.
#pragma once

#include <algorithm>
#include <array>
#include <vector>

#include "engine/ring.hpp"
#include "engine/specification.hpp"

namespace rdu::engine {

// What a token of a stream is: a value, done, `N` for an absent one, or else the level of a stop.
inline constexpr int kEmpty = -3;
inline constexpr int kValue = -2;
inline constexpr int kDone = -1;

// The most firings of a burst; see `Unit::fire_burst`.
inline constexpr std::int64_t kBurst = 32;

// The times of the next tokens of a channel, one after another in memory: what a burst works on.
struct PopTimes {
  const Time* arrivals;
  Time* pops;
};
struct PushTimes {
  const Time* dequeues;  // each frees the slot one cycle later
  Time* arrivals;
  Time last;  // when the token before left
  Time latency;
};

class Channel {
 public:
  // `in_flight` is how many tokens the producer may usually stage; more make the ring grow.
  Channel(const ChannelSpec& spec, int lanes, std::int64_t in_flight);

  TokenKind kind() const { return kind_; }
  std::size_t width() const { return width_; }  // words of a value
  int source() const { return source_; }
  int sink() const { return sink_; }
  bool empty() const { return popped_ == pushed_; }
  bool has_slot() const { return pushed_ - popped_ < limit_; }
  bool has_staged() const { return staged_ != pushed_; }
  std::int64_t held() const { return pushed_ - popped_; }
  // Whether it is as a section may leave it: with its initial tokens.
  bool is_clear() const { return discard_ || held() == init_; }

  // -- the producer ---------------------------------------------------------------------------
  // Makes room for one more value, which is then set through `put_*` and staged.
  void reserve() {
    if (staged_ - popped_ == size()) grow();
  }
  Word* put_words(std::int64_t i = 0) { return words_.data() + index(staged_ + i) * width_; }
  void put_mask(std::int64_t i, Mask mask) { masks_[index(staged_ + i)] = mask; }
  void put_code(int code) {
    if (codes_.empty()) return;
    codes_[index(staged_)] = code;
    stops_ += code > kValue;
  }
  int* put_codes() { return codes_.data() + index(staged_); }
  void stage(std::int64_t firing) { firings_[index(staged_++)] = firing; }
  // The token that is pushed next: its firing, and its value for loads, whose data comes late.
  std::int64_t next_firing() const { return firings_[index(pushed_)]; }
  Word* next_words() { return words_.data() + index(pushed_) * width_; }
  void set_next_mask(Mask mask) { masks_[index(pushed_)] = mask; }

  // Pushes the next staged token, ready at a time; needs a slot. Returns when it leaves.
  Time push(Time ready) {
    const Time slot = pushed_ < slots_matter_from_ ? 0 : pops_[pop_index(pushed_ - limit_)] + 1;
    const Time time = std::max({ready, last_push_ + 1, slot});
    last_push_ = time;
    arrivals_[index(pushed_++)] = time + latency_;
    return time;
  }

  // The same where a network says when it arrives.
  Time send(Time ready) {
    const Time time = push(ready);
    lefts_[index(pushed_ - 1)] = time;
    ++travelling_;
    return time;
  }
  void arrive(Time time) { arrivals_[index(pushed_ - travelling_--)] = time; }
  bool is_dynamic() const { return !lefts_.empty(); }

  // The same for a burst, where nothing is staged: how many tokens can be pushed at once and lie
  // one after another, their times, and their account when values and times are set.
  std::int64_t pushable(std::int64_t most) const {
    const bool free = pushed_ < slots_matter_from_;
    most = free ? std::min(most, slots_matter_from_ - pushed_)
                : std::min(most, until_end(pop_index(pushed_ - limit_), pop_mask_));
    return std::min({most, std::min(limit_, size()) - held(), until_end(index(pushed_), mask_)});
  }
  // How many of so many tokens, ready a cycle apart from a time on, leave then and lie one after
  // another: none, unless there are slots without end.
  std::int64_t givable(Time ready, std::int64_t most) const {
    if (last_push_ >= ready || pushed_ >= slots_matter_from_ || is_dynamic()) return 0;
    return pushable(most);
  }
  PushTimes push_times() {
    const Time* dequeues =
        pushed_ < slots_matter_from_ ? kNoDequeues.data() : &pops_[pop_index(pushed_ - limit_)];
    return {dequeues, &arrivals_[index(pushed_)], last_push_, latency_};
  }
  void pushed(std::int64_t count, Time last) {
    last_push_ = last;
    pushed_ += count;
    staged_ = pushed_;
  }

  // -- the consumer ---------------------------------------------------------------------------
  // Whether a token has come, or is going to at a known time.
  bool has_head() const { return pushed_ - travelling_ != popped_; }
  Time arrival() const { return arrivals_[index(popped_)]; }
  int head_code() const { return codes_.empty() ? kValue : codes_[index(popped_)]; }
  const int* head_codes() const { return codes_.data() + index(popped_); }
  const Word* head_words(std::int64_t i = 0) const {
    return words_.data() + index(popped_ + i) * width_;
  }
  Mask head_mask(std::int64_t i = 0) const { return masks_[index(popped_ + i)]; }

  // Needs a call of `keep_pops`.
  void pop(Time time) {
    pops_[pop_index(popped_++)] = time;
    settle();
  }
  // Makes room for the times of so many pops, in front of all that looks at the channel's tokens.
  void keep_pops(std::int64_t count) {
    if (popped_ + count - (settled_ - high_water_) > pops_room_) [[unlikely]]
      make_room_for_pops(count);
  }

  // The same for a burst: how many tokens can be popped at once and lie one after another, their
  // times, and their account when the values are taken and the times of the pops are set.
  std::int64_t poppable(std::int64_t most) {
    most = std::min(most, held());
    keep_pops(most);
    return std::min(
        {most, until_end(index(popped_), mask_), until_end(pop_index(popped_), pop_mask_)});
  }
  PopTimes pop_times() { return {&arrivals_[index(popped_)], &pops_[pop_index(popped_)]}; }
  void popped(std::int64_t count) {
    popped_ += count;
    settle();
  }

  std::int64_t tokens() const { return popped_; }
  // Of the tokens of a stream, stops and done.
  std::int64_t stops() const { return stops_; }
  // The mark at the end of a run.
  std::int64_t high_water() {
    settle();
    return std::max(high_water_, held());
  }

  // Set by a context that waits here and must get a turn when that changes.
  bool reader_waits = false;
  bool writer_waits = false;

 private:
  static constexpr std::int64_t kUnbounded = std::int64_t{1} << 62;
  // Rings are made for a whole capacity up to this one. Those of deeper channels grow with what
  // they hold, and keep the time of a pop only as long as the producer has not come to it.
  static constexpr std::int64_t kDeep = 256;
  // A token that needs no slot sees the dequeue of a token before the first.
  static constexpr Time kLongAgo = -1;
  static constexpr auto kNoDequeues = [] {
    std::array<Time, kBurst> times;
    times.fill(kLongAgo);
    return times;
  }();

  std::int64_t size() const { return static_cast<std::int64_t>(mask_) + 1; }
  std::size_t index(std::int64_t token) const { return static_cast<std::size_t>(token) & mask_; }
  std::size_t pop_index(std::int64_t token) const {
    return static_cast<std::size_t>(token) & pop_mask_;
  }
  static std::int64_t until_end(std::size_t index, std::size_t mask) {
    return static_cast<std::int64_t>(mask + 1 - index);
  }
  Time left(std::int64_t token) const {
    return lefts_.empty() ? arrivals_[index(token)] - latency_ : lefts_[index(token)];
  }
  void grow();
  void grow_pops();
  void make_room_for_pops(std::int64_t count);
  // The first pop whose time still matters, for the slots to come or the high-water mark.
  std::int64_t oldest_pop() const;
  // Forgets the pops whose slots were free before the last push; whether there was one.
  bool forget_pops();

  // Counts the tokens of which that time is known. After each pop: so all that are popped are
  // counted, and their arrivals no longer needed.
  void settle() {
    const std::int64_t count = std::min(pushed_, popped_ + high_water_) - settled_;
    // More than the capacity are never held.
    if (high_water_ == limit_) {
      settled_ += count;
      return;
    }
    if (count > 0) settle(count);
  }
  void settle(std::int64_t count);

  TokenKind kind_;
  int source_;
  int sink_;
  std::size_t width_;
  std::int64_t limit_;
  std::int64_t init_;
  Time latency_;
  std::size_t mask_;
  std::size_t pop_mask_;
  bool discard_;

  std::int64_t popped_ = 0;
  std::int64_t pushed_;
  std::int64_t staged_;
  std::int64_t travelling_ = 0;
  // Tokens before this one find a slot that has been free for long: there are more slots than
  // tokens, or its pop is forgotten.
  std::int64_t slots_matter_from_;
  // Times of pops that fit without a closer look.
  std::int64_t pops_room_;
  Time last_push_ = -1;
  std::int64_t stops_ = 0;

  // The high-water mark counts a push at time t after the pops before t and before those at t. So
  // token n raises it from h to h + 1 if token n - h is popped at or after the time when n leaves.
  // Tokens below `settled_` are counted.
  std::int64_t settled_;
  std::int64_t high_water_;

  // Rings of one size, but for that of pops, indexed by token.
  Ring<Time> arrivals_;
  Ring<Word> words_;
  Ring<Mask> masks_;
  Ring<std::int64_t> firings_;
  Ring<Time> pops_;
  Ring<int> codes_;   // of a stream
  Ring<Time> lefts_;  // of a channel of the dynamic network
};

}  // namespace rdu::engine
