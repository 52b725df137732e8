// A memory tier in time: requests are served in the order (time, context, index).
#pragma once

#include <cstdint>
#include <vector>

#include "engine/outcome.hpp"
#include "engine/specification.hpp"

namespace rdu::engine {

// The horizon of an arbiter that has nothing to choose.
inline constexpr Time kNever = std::int64_t{1} << 62;

struct Request {
  Time time;
  std::int64_t index;  // order of asking; only its order within a context matters
  std::int64_t burst;  // byte address / burst bytes
  std::int64_t firing;
  Mask lanes;  // of the firing that lie in this burst
  int context;
};

class Tier {
 public:
  explicit Tier(const TierSpec& spec);

  std::int64_t burst_bytes() const { return spec_.burst_bytes; }
  void request(Request request, bool loads);

  // The first time at which a pending request can show anywhere.
  Time horizon() const {
    return pending_.empty() ? kNever : pending_.front().time + least_response_;
  }
  // Serves every request before a horizon, which no event that is still unknown precedes, calling
  // `serve(request, response time)` for each.
  template <class Serve>
  void serve(Time horizon, Serve&& serve) {
    while (!pending_.empty() && pending_.front().time < horizon) {
      const Request request = take();
      serve(request, respond(request));
    }
  }

  TierTraffic traffic() const { return traffic_; }

 private:
  Request take();
  Time respond(const Request& request);
  // Ticks that a burst occupies its channel; opens its row if it is not.
  std::int64_t occupied(std::int64_t burst);

  TierSpec spec_;
  Time least_response_;
  std::vector<std::int64_t> free_;       // per channel, in ticks
  std::vector<std::int64_t> open_rows_;  // per channel and bank, -1 is none
  std::vector<Request> pending_;         // heap, earliest in front
  TierTraffic traffic_{};
};

}  // namespace rdu::engine
