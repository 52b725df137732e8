#include "engine/irregular/flight.hpp"

namespace rdu::engine {

bool Flight::retire(const Retirement& retirement) {
  flying_.pop_front();
  freed_ += retirement.weight;
  // One that frees nothing is waited for together with the next.
  if (!retirements_.empty() && retirements_.back().weight == 0) {
    Retirement& last = retirements_.back();
    if (retirement.time > last.time) last = retirement;
    last.weight = retirement.weight;
    return true;
  }
  retirements_.push_back(retirement);
  return false;
}

}  // namespace rdu::engine
