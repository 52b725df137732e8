// What a run reports, by number; rdu.simulator.native_engine adds the names.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/specification.hpp"

namespace rdu::engine {

struct ContextAccount {
  std::int64_t firings;
  Time busy;
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
  std::int64_t stops;
};

struct TierTraffic {
  std::int64_t loaded_bytes;
  std::int64_t stored_bytes;
  std::int64_t bursts;
  std::int64_t row_hits;
  std::int64_t row_misses;
};

struct LinkTraffic {
  std::int64_t packets;
  Time waited;
};

struct BlockedContext {
  int context;
  int channel;
  bool full;  // no room, rather than no token
};

// What to record of a run: nothing, unless asked for.
struct Record {
  bool critical_path = false;
  std::int64_t buckets = 0;  // most buckets of a context's timeline; 0 for none
};

// Where the cycles of contexts went over time; see rdu.simulator.result.Timeline.
struct Timeline {
  Time bucket;
  std::vector<std::vector<std::int64_t>> cycles;  // by context: by bucket and state
};

// A firing that its data forbids; see rdu.simulator.result.Fault.
struct Fault {
  Time time;
  int context;
  std::string kind;
  int position;
  std::int64_t value;
  std::int64_t expected;
};

struct Outcome {
  bool deadlocked;
  std::optional<Fault> fault;
  Time time;  // cycles of a finished run, or of the last firing before a deadlock
  std::vector<ContextAccount> contexts;
  std::vector<ChannelTraffic> channels;
  std::vector<TierTraffic> tiers;
  std::vector<LinkTraffic> links;
  std::vector<BlockedContext> blocked;
  std::optional<std::vector<std::int64_t>> critical_path;  // see `CriticalPath::cycles`
  std::optional<Timeline> timeline;
};

}  // namespace rdu::engine
