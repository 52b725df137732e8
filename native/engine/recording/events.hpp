// What an engine tells of a run while it runs: the events of rdu.simulator.recording.recorder.
//
// Those of one context come in order, those of one channel in order. Firings of a context are
// numbered from 0; ports and outlets as its process numbers them.
#pragma once

#include <span>

#include "engine/specification.hpp"

namespace rdu::engine {

struct Fired {
  int context;
  Time start;
  Time cost;
  int cause;                   // of its wait, as the process books it
  std::span<const int> waits;  // inputs whose token it waits for, in port order
  std::span<const int> pops;   // those of them whose token it pops
  std::int64_t freed;          // retirements it waits for that no firing has waited for yet
  bool stays;                  // whether it is in flight until it retires
};

// A token leaves its producer.
struct Pushed {
  int context;
  int outlet;
  int channel;
  std::int64_t firing;
  Time ready;  // when the firing's first token is,
  Time delay;  // and how much later this one
  // Whether that is decided by a burst which a firing before asked for, the last one that did.
  bool by_kept = false;
};

// The oldest firing in flight retires.
struct Retired {
  int context;
  Time ready;
  Time free;             // when its bank cycles are over, or an array has drained
  bool joined;           // whether it is waited for together with the retirement before
  bool by_kept = false;  // as of a token
};

}  // namespace rdu::engine
