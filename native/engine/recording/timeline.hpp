// Where each context's cycles went over time, by the rules of rdu.simulator.recording.timeline.
#pragma once

#include <vector>

#include "engine/outcome.hpp"
#include "engine/recording/events.hpp"

namespace rdu::engine {

class Timelines {
 public:
  // `buckets` is how many a timeline has at most.
  Timelines(const SectionSpec& section, std::int64_t buckets);

  void fired(const Fired& event);
  // The timelines of contexts that live so long, all of the same bucket.
  Timeline timeline(const std::vector<ContextAccount>& contexts);

 private:
  // The states that each context has; those of its ports follow, inputs first.
  enum State : std::size_t { kBusy, kBank, kMemory, kIdle, kFirstPort };

  // The buckets of one context; `end` is the first cycle without a state yet.
  struct Track {
    std::size_t states;
    std::vector<std::int64_t> cycles;  // by bucket and state
    Time buckets;
    Time bucket = 1;  // cycles
    Time end = 0;

    // Counts the cycles from the end so far until another as spent in a state.
    void spend(std::size_t state, Time until);
    void coarsen();
    std::vector<std::int64_t> used() const;
  };

  std::vector<Track> tracks_;
};

}  // namespace rdu::engine
