// What a run reports, by number; rdu.simulator.native_engine adds the names.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/specification.hpp"

namespace rdu::engine {

struct ContextAccount {
  std::int64_t firings;
  Time bank;
  std::vector<Time> starved;        // by input
  std::vector<Time> backpressured;  // by output
  Time memory;
  Time idle;
  Time lifetime;
};

struct ChannelTraffic {
  std::int64_t tokens;
  std::int64_t high_water;
  std::int64_t fill;
};

struct BlockedContext {
  int context;
  int channel;
  bool full;  // no room, rather than no token
};

struct Outcome {
  bool deadlocked;
  Time time;  // cycles of a finished run, or of the last firing before a deadlock
  std::vector<ContextAccount> contexts;
  std::vector<ChannelTraffic> channels;
  std::vector<BlockedContext> blocked;
  std::int64_t loaded_bytes;
  std::int64_t stored_bytes;
};

}  // namespace rdu::engine
