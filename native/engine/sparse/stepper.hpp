// What sparse primitives share: inputs, outputs, and the firing rule for contexts of which each
// step looks at heads of streams. `test/unit/simulator` holds them against the readable engine.
//
// Steps of primitives (`walker.hpp`) are made of these: one asks what is there (`there`), then
// fires: `fire`, which fails where too many firings are in flight, then `give` for each output,
// then `end`. Many firings at once are in `runs.hpp`.
#pragma once

#include <concepts>
#include <deque>

#include "engine/elements.hpp"
#include "engine/lanes.hpp"
#include "engine/process.hpp"
#include "engine/sparse/bursts.hpp"
#include "engine/sparse/source.hpp"

namespace rdu::engine {

class Stepper : public Process {
 public:
  // Of firings in flight there may be as many as it is deep; or another `limit`, 0 for none. One
  // that asks a tier for bursts is limited by these.
  Stepper(int number, const ContextSpec& spec, Fabric& fabric)
      : Stepper(number, spec, fabric, spec.sparse->requests ? 0 : spec.depth) {}
  Stepper(int number, const ContextSpec& spec, Fabric& fabric, std::int64_t limit);

  bool finished() const final { return rests_ && flights_.empty(); }
  const Fault* fault() const final { return fault_ ? &*fault_ : nullptr; }
  bool blocked_on(BlockedContext& blocked) const final;
  void served(const Request& request, Time response) final;

 protected:
  // -- what steps are made of -------------------------------------------------------------------
  // Whether inputs have a token; the process gets a turn when one that is missing comes.
  template <class... S>
  bool there(const S&... sources) {
    missing_ = -1;
    return (is_there(sources) & ...);
  }
  bool all_there(const std::vector<Source>& sources) {
    missing_ = -1;
    bool every = true;
    for (const Source& source : sources) every &= is_there(source);
    return every;
  }
  bool all_there(Sources sources) {
    missing_ = -1;
    bool every = true;
    for (const Source* source : sources) every &= is_there(*source);
    return every;
  }

  // Starts a firing that pops some inputs and only waits for others; false if it has no room. One
  // that does not `stay` gives nothing and is not in flight.
  bool fire(Sources pops, Sources examines = {}, bool stays = true) {
    const bool weighs = limit_ > 0 && weight_ > 0;
    if (weighs && begun_ - retired_ >= limit_ && !flights_.empty()) return false;
    if (bursts_ != nullptr && !flights_.empty() && !bursts_->has_room()) return false;
    Time time = next_free_;
    int cause = kBusy;
    for (const Source& source : starts_) wait(source, time, cause);
    for (const Source* source : pops) wait(*source, time, cause);
    for (const Source* source : examines) wait(*source, time, cause);
    std::int64_t freed = weighs && begun_ >= limit_;
    const auto wait_for = [&](Time retired, int why) {
      if (retired <= time) return;
      time = retired;
      cause = why;
    };
    if (freed > 0) {
      const Retirement& before = retirement(begun_ - limit_);
      wait_for(before.time, before.cause);
    }
    if (bursts_ != nullptr) freed = bursts_->take_room(wait_for);
    waits_[static_cast<std::size_t>(cause)] += time - next_free_;
    next_free_ = time + 1;
    if (fabric_.recorder != nullptr) record(pops, examines, time, cause, freed, stays);
    for (const Source* source : pops) pop(*source, time);
    for (const Source& source : starts_) pop(source, time);
    starts_.clear();
    ++fired_;
    begun_ += weight_;
    flying_ = {time + depth_, 0, 0, 0, 0, false};
    if (bursts_ != nullptr) ask(time);
    return true;
  }
  bool fire(std::initializer_list<const Source*> pops,
            std::initializer_list<const Source*> examines = {}, bool stays = true) {
    return fire(Sources(pops.begin(), pops.size()), Sources(examines.begin(), examines.size()),
                stays);
  }

  void give(const Sink& sink, Item item) {
    for (std::size_t i = sink.first; i < sink.end; ++i) put(outlets_[i], item);
  }
  // Not for what is given in braces, which is an `Item`.
  template <std::same_as<WideItem> Token>
  void give(const Sink& sink, const Token& item) {
    for (std::size_t i = sink.first; i < sink.end; ++i) {
      Channel& channel = *outlets_[i].channel;
      channel.reserve();
      std::copy_n(item.words.data(), lanes_, channel.put_words());
      channel.put_mask(0, item.mask);
      leave(outlets_[i], item.code);
    }
  }
  void give(std::size_t role, int code, Word word = 0) { give(sinks_[role], {code, word}); }
  void give_all(int code) {
    for (const Sink& sink : sinks_) give(sink, {code, 0});
  }

  // -- vectors ----------------------------------------------------------------------------------
  // Sends the lanes of the primitive's values.
  void give_lanes(std::size_t role, const Word* words) {
    WideItem item{kValue, prefix(sparse_.lanes), {}};
    std::copy_n(words, sparse_.lanes, item.words.begin());
    give(sinks_[role], item);
  }
  // The lanes of the value at a head: what is absent or masked is a zero, a scalar is on all lanes.
  void take_lanes(const Source& source, Word* out) const {
    const Word* words = source.channel->head_words();
    if (source.code() == kEmpty) {
      std::fill_n(out, sparse_.lanes, 0);
    } else if (source.channel->kind() != TokenKind::vector) {
      std::fill_n(out, sparse_.lanes, *words);
    } else {
      const Mask mask = source.channel->head_mask();
      for (int i = 0; i < sparse_.lanes; ++i) out[i] = live(mask, i) ? words[i] : 0;
    }
  }

  // Ends a firing that stays: it retires, or flies until its tokens have left.
  void end() {
    if (flying_.pushes == 0 && flying_.responses == 0 && flights_.empty()) {
      retire(flying_);
    } else {
      flights_.push_back(flying_);
    }
  }

  // Pops one stop, or done, of all inputs and gives it everywhere.
  bool pass_on(Sources sources) {
    const int code = sources.front()->code();
    if (bursts_ != nullptr && code == kDone) bursts_->flush();
    if (!expect(code, sources.subspan(1), sources) || !fire(sources)) return false;
    pass_on(code);
    return true;
  }
  // Gives one stop, or done, everywhere, in the firing that has popped it.
  void pass_on(int code) {
    rests_ = code == kDone;
    give_all(code);
    if (rests_) {
      for (const Sink& sink : ends_) give(sink, {kValue, 0});
    }
    end();
  }

  // Whether heads are of a code, payloads and `N` being alike; else this is a fault.
  bool expect(int need, Sources sources, Sources waits) {
    for (const Source* source : sources) {
      const int have = source->code();
      if (have == need || (have <= kValue && need <= kValue)) continue;
      return refuse("stream", source->port, have, std::max(need, kValue), waits);
    }
    return true;
  }
  // Whether a position lies in a part of the storage; else this is a fault.
  bool inside(int part, std::int64_t value, std::int64_t extent, Sources waits) {
    if (0 <= value && value < extent) return true;
    return refuse("index", part, value, extent, waits);
  }
  // Whether a number that comes of a head lies within an extent; else this is a fault.
  bool within(std::int64_t value, std::int64_t extent, const Source& source, Sources waits) {
    if (0 <= value && value < extent) return true;
    return refuse("value", source.port, value, extent, waits);
  }
  // Whether what becomes of the coordinate at a head is one; else this is a fault.
  bool is_coordinate(std::int64_t value, const Source& source, Sources waits) {
    return within(value, kMostIndex + 1, source, waits);
  }
  bool refuse(const char* kind, int position, std::int64_t value, std::int64_t expected,
              Sources waits);

  const SparseSpec& sparse_;
  std::vector<Source> sources_;  // by role, constants left out
  std::vector<Sink> sinks_;      // by role
  bool rests_ = false;
  std::optional<Fault> fault_;
  int weight_ = 1;                  // of the next firing, for the limit
  std::unique_ptr<Bursts> bursts_;  // of one that asks a tier

  // -- bursts -----------------------------------------------------------------------------------
  // How many further firings, a cycle apart, nothing can hold up that give values on all outputs
  // and take nothing.
  std::int64_t givable(std::int64_t most) const;
  // Lets an output give so many of them; `fill` sets their words.
  template <class Fill>
  void give_burst(std::size_t role, std::int64_t count, Fill&& fill);
  // Accounts for the firings of a burst, when all outputs have given.
  void end_burst(std::int64_t count);

  // Whether firings that give nothing can be made in a loop of the primitive's own, by this:
  //   LoneFirings firings(*this); firings.next(...); ...
  bool in_peace() const {
    return fabric_.recorder == nullptr && flights_.empty() && starts_.empty();
  }
  class LoneFirings;

  // -- turns ------------------------------------------------------------------------------------
  bool may_start() { return starts_.empty() || all_there(starts_); }
  bool has_flights() const { return !flights_.empty(); }
  void drain();
  void mark_blocked_writers();

 private:
  void pop(const Source& source, Time time) {
    source.channel->keep_pops(1);
    source.channel->pop(time);
    wake_writer(*source.channel);
  }
  bool is_there(const Source& source) {
    if (source.there()) return true;
    source.channel->reader_waits = true;
    if (missing_ < 0 || source.port < missing_) missing_ = source.port;
    return false;
  }
  // Of equal arrivals, the first in port order counts.
  void wait(const Source& source, Time& time, int& cause) const {
    const Time arrival = source.channel->arrival();
    if (arrival < time || source.port < 0) return;
    const int own = kFirstPort + source.port;
    if (arrival == time && (cause == kBusy || cause < own)) return;
    time = arrival;
    cause = own;
  }
  void put(const Outlet& outlet, Item item) {
    Channel& channel = *outlet.channel;
    channel.reserve();
    if (channel.kind() != TokenKind::control) *channel.put_words() = item.word;
    leave(outlet, item.code);
  }
  // Sends the token whose value has been put.
  void leave(const Outlet& outlet, int code) {
    Channel& channel = *outlet.channel;
    channel.put_code(code);
    const bool now = !channel.has_staged() && channel.has_slot() && !channel.is_dynamic() &&
                     flying_.responses == 0;
    channel.stage(number_in_flight());
    if (!now) {
      ++flying_.pushes;
      return;
    }
    if (bursts_ != nullptr) deliver(outlet, number_in_flight());
    left(flying_, outlet, channel.push(flying_.ready));
    record_push(outlet, number_in_flight(), flying_.ready, 0, flying_.by_kept);
    wake_reader(channel);
  }
  void ask(Time time);
  // Sets the word of a token that was loaded, before it is pushed.
  void deliver(const Outlet& outlet, std::int64_t firing);
  static void left(Flying& flying, const Outlet& outlet, Time time) {
    if (time < flying.left || (time == flying.left && outlet.number > flying.outlet)) return;
    flying.left = time;
    flying.outlet = outlet.number;
  }
  // Retires the next firing: remembers the first term that decided when.
  void retire(const Flying& flying) {
    if (fabric_.recorder != nullptr) {
      const Time free = flying.ready - depth_ + 1;
      fabric_.recorder->retired({number_, flying.ready, free, false, flying.by_kept});
    }
    const int cause = bursts_ == nullptr ? kBusy : kMemory;
    const Retirement own = retire_next(flying.ready, cause, flying.left, flying.outlet);
    if (limit_ > 0) retirement(retired_) = own;
    if (bursts_ != nullptr) bursts_->retired(own);
    ++retired_;
  }
  Retirement& retirement(std::int64_t firing) {
    return retirements_[static_cast<std::size_t>(firing) & mask_];
  }
  const Retirement& retirement(std::int64_t firing) const {
    return retirements_[static_cast<std::size_t>(firing) & mask_];
  }
  // The number of the current firing among those that stay.
  std::int64_t number_in_flight() const {
    return retired_ + static_cast<std::int64_t>(flights_.size());
  }
  void record(Sources pops, Sources examines, Time time, int cause, std::int64_t freed, bool stays);

  const std::int64_t limit_;
  std::int64_t begun_ = 0;  // of what counts for the limit
  std::deque<Channel> roots_;
  // Control ports act once: inputs with the first firing, which empties the list, outputs with
  // done.
  std::vector<Source> starts_;
  std::vector<Sink> ends_;
  int missing_ = -1;
  Flying flying_{};
  std::int64_t retired_ = 0;  // of those that stay
  std::deque<Flying> flights_;
  std::size_t mask_ = 0;
  std::vector<Retirement> retirements_;
};

std::unique_ptr<Process> make_sparse(int number, const ContextSpec& spec, Fabric& fabric);

}  // namespace rdu::engine
