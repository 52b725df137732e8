// A counter chain at work. Level 0 is the pass; level i > 0 is counter i - 1, outermost first.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/specification.hpp"

namespace rdu::engine {

class Chain {
 public:
  Chain(const ContextSpec& spec, int lanes);

  int depth() const { return static_cast<int>(last_trip_.size()); }
  bool done() const { return passes_left_ == 0; }
  std::int64_t passes_left() const { return passes_left_; }
  // Outermost level of which the next firing is the first of an iteration.
  int first() const { return first_; }
  // Outermost level of which it is the last.
  int last() const {
    int level = depth();
    while (level != 0 && trips_[level - 1] == last_trip_[level - 1]) --level;
    return level;
  }
  // Firings ahead, this one included, that neither begin nor end an iteration of the innermost
  // counter.
  std::int64_t inner_left() const {
    return depth() == 0 || first_ != depth() ? 0 : last_trip_.back() - trips_.back();
  }
  // Goes on by so many firings, at most `inner_left()`.
  void step_inner(std::int64_t count) { trips_.back() += count; }
  // Lanes that the vector counter fills.
  Mask mask() const {
    if (vector_level_ == 0) return body_;
    return trips_[vector_level_ - 1] == last_trip_[vector_level_ - 1] ? tail_ : body_;
  }
  std::int64_t value(int counter) const {
    return starts_[counter] + trips_[counter] * strides_[counter];
  }
  // Goes on to the next firing; `last` is this firing's `last()`.
  void step(int last) {
    for (int level = last; level != depth(); ++level) trips_[level] = 0;
    if (last != 0) {
      ++trips_[last - 1];
    } else {
      --passes_left_;
    }
    first_ = last;
  }

 private:
  std::vector<std::int64_t> trips_;
  std::vector<std::int64_t> last_trip_;
  std::vector<std::int64_t> starts_;
  std::vector<std::int64_t> strides_;
  std::int64_t passes_left_;
  int first_ = 0;
  int vector_level_;
  Mask body_;
  Mask tail_;
};

}  // namespace rdu::engine
