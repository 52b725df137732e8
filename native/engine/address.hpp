// The word address of lane 0 of an access, kept up to date as the chain steps.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/specification.hpp"

namespace rdu::engine {

class Address {
 public:
  // `extent` is the number of words that the access may touch; a live lane outside of it throws
  // std::invalid_argument.
  Address(const ContextSpec& spec, std::int64_t extent);

  std::int64_t base() const { return base_; }
  std::int64_t lane_stride() const { return lane_stride_; }
  // Goes on to the next firing; `last` is the outermost level that this one ends.
  void step(int last) { base_ = last == 0 ? start_ : base_ + deltas_[last]; }

 private:
  std::int64_t start_;
  std::int64_t base_;
  std::int64_t lane_stride_ = 0;
  std::vector<std::int64_t> deltas_;  // by level
};

}  // namespace rdu::engine
