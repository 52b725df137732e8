// One memory tier in time: requests are served in the order (time, context, index).
#pragma once

#include <cstdint>
#include <vector>

#include "engine/specification.hpp"

namespace rdu::engine {

struct Request {
  Time time;
  std::int64_t index;  // order of asking; only its order within a context matters
  std::int64_t burst;  // byte address / burst bytes
  std::int64_t firing;
  int context;
  std::uint8_t first_lane;  // lanes [first_lane, end_lane) of the firing lie in this burst
  std::uint8_t end_lane;
};

class Tier {
 public:
  explicit Tier(const TierSpec& spec);

  void request(Request request);

  // Serves every request before the horizon, calling `serve(request, response time)` for each;
  // false if none is pending. No event that is still unknown can precede the first response, so
  // the requests before it are all there are.
  template <class Serve>
  bool serve(Serve&& serve) {
    if (pending_.empty()) return false;
    const Time horizon = pending_.front().time + least_response_;
    while (!pending_.empty() && pending_.front().time < horizon) {
      const Request request = take();
      serve(request, respond(request));
    }
    return true;
  }

 private:
  Request take();
  Time respond(const Request& request);

  TierSpec spec_;
  Time least_response_;
  std::vector<std::int64_t> free_;  // per channel, in ticks
  std::vector<Request> pending_;    // heap, earliest in front
  std::int64_t asked_ = 0;
};

}  // namespace rdu::engine
