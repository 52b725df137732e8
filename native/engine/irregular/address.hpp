// Addresses that data may decide: checked lane by lane when they are used.
#pragma once

#include <array>

#include "engine/irregular/registers.hpp"
#include "engine/irregular/turn.hpp"

namespace rdu::engine {

class LaneAddresses {
 public:
  // `extent` is the number of words that the access may touch.
  LaneAddresses(const ContextSpec& spec, std::int64_t extent, const Registers& registers)
      : spec_(spec), extent_(extent), registers_(registers) {}

  // Finds the lanes that are live in the chain, in the inputs of the address and in the data that
  // is written, and the address of each. Throws Refusal at the first index, and of it the first
  // lane, that is out of range; std::invalid_argument where no guard stands before that.
  void find();

  Mask live() const { return live_; }
  std::int64_t operator[](int lane) const { return addresses_[static_cast<std::size_t>(lane)]; }

 private:
  const ContextSpec& spec_;
  const std::int64_t extent_;
  const Registers& registers_;
  Mask live_ = 0;
  std::array<std::int64_t, kMaxLanes> addresses_{};
};

}  // namespace rdu::engine
