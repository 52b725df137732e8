// The critical path of a section, by the rules of rdu.simulator.recording.critical_path.
//
// Every event is found from the event that decided it as soon as the engine knows it; what no later
// event can depend on is forgotten.
#pragma once

#include <optional>
#include <vector>

#include "engine/recording/events.hpp"
#include "engine/recording/moment.hpp"
#include "engine/recording/queue.hpp"

namespace rdu::engine {

class CriticalPath {
 public:
  explicit CriticalPath(const SectionSpec& section);

  void fired(const Fired& event);
  void asked(int context);
  void pushed(const Pushed& event);
  void arrived(int channel, Time time);
  void retired(const Retired& event);

  // Cycles of the path to the last retirement by slot: parts of all contexts, then of all channels,
  // then of all tiers, in the order of rdu.simulator.result.PARTS.
  std::vector<std::int64_t> cycles();

 private:
  // A firing in flight; `left` is the push that decides its retirement.
  struct Flying {
    Moment start;
    Time cost = 0;
    std::optional<Moment> ready;
    std::optional<Moment> left;
    int outlet = 0;
    std::optional<Moment> kept;  // start of the firing that asked for the burst it may wait for
  };

  struct Context {
    int work, bank, pipeline;  // slots
    int tier_latency, transfer;
    bool uses_tier;
    bool is_array;
    Time depth;
    Time tier_cycles;         // the tier's latency
    std::vector<int> inputs;  // channel of each
    Moment free, last;
    std::optional<Moment> kept;  // start of the last firing that asked
    Queue<Moment> retirements;
    Queue<Flying> flying;
    std::int64_t retired = 0;  // firings

    Flying& firing(std::int64_t number) { return flying[number - retired]; }
    Moment worked(const Flying& firing) const;
    // When a firing's first tokens are ready.
    const Moment& ready(Flying& firing, Time time, bool by_kept) const;
  };

  struct Channel {
    int latency, rate, slot, contention;  // slots
    Time least;                           // latency
    bool is_bounded, is_dynamic;
    Moment start;
    std::int64_t given;   // initial tokens that are not popped yet
    std::int64_t unused;  // slots that no token has used yet
    std::optional<Moment> last_push;
    Queue<Moment> arrivals;
    Queue<Moment> pops;
    // Tokens in the dynamic network and deliveries, each until the other is known.
    Queue<Moment> travelling;
    Queue<Time> deliveries;

    const Moment& head() { return given > 0 ? start : arrivals.front(); }
    void pop(const Moment& time);
    // Returns when a token leaves, and sends it.
    const Moment& push(const Moment& ready);
    void land();
  };

  Context& context(int number) { return contexts_[static_cast<std::size_t>(number)]; }
  Channel& channel(int number) { return channels_[static_cast<std::size_t>(number)]; }

  Rows rows_;
  std::vector<Context> contexts_;
  std::vector<Channel> channels_;
};

}  // namespace rdu::engine
