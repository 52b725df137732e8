#include "engine/irregular/address.hpp"

#include <stdexcept>

namespace rdu::engine {

void LaneAddresses::find() {
  const Access& access = *spec_.access;
  live_ = registers_.live(access.address);
  const bool delivers = spec_.kind == ContextKind::read || spec_.kind == ContextKind::load;
  if (!delivers) live_ &= registers_.mask(access.port);
  for (const Guard& guard : access.guards) {
    for (Mask left = live_; left != 0; left &= left - 1) {
      const std::int64_t value = registers_.evaluate(guard.value, std::countr_zero(left));
      if (value >= 0 && value < guard.extent) continue;
      throw Refusal{"index", guard.index, value, guard.extent, {}};
    }
  }
  for (Mask left = live_; left != 0; left &= left - 1) {
    const int lane = std::countr_zero(left);
    const std::int64_t address = registers_.evaluate(access.address, lane);
    if (address < 0 || address >= extent_) {
      throw std::invalid_argument("context '" + spec_.name + "' accesses word " +
                                  std::to_string(address) + " of " + std::to_string(extent_));
    }
    addresses_[static_cast<std::size_t>(lane)] = address;
  }
}

}  // namespace rdu::engine
