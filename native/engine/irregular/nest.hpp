// Counters at work where data may decide: to which iterations a firing belongs.
//
// Level 0 is one pass, level i one iteration of counter i - 1. A firing whose `depth` is less than
// the number of counters is empty: the levels inside have no iteration.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/specification.hpp"

namespace rdu::engine {

class Nest {
 public:
  explicit Nest(const std::vector<Level>& levels);

  int size() const { return static_cast<int>(levels_.size()); }
  // Outermost level of which the firing is the first of an iteration, and the last.
  int first() const { return first_; }
  int last() const { return last_; }
  // Innermost level of which it belongs to an iteration.
  int depth() const { return depth_; }
  bool is_empty() const { return depth_ < size(); }
  // How many iterations of a level have begun since the section's start.
  std::int64_t begun(int level) const { return begun_[index(level)]; }

  // Begins with a counter's iterations; false if it has none.
  bool enter(int counter, std::int64_t start, std::int64_t stop);
  // Settles to which levels the firing belongs.
  void stand(int depth);
  // The same where a stop tells which end.
  void stand(int depth, int last);
  // Goes on to the next firing.
  void step();

  // Whether the firing belongs to the first iteration of a level's counter, or the last.
  bool is_first(int level) const { return at(level - 1).trip == 0; }
  bool is_last(int level) const { return at(level - 1).trip == at(level - 1).trips - 1; }
  // A counter's value on lane 0: inside an empty counter, its written start.
  std::int64_t value(int counter) const;
  std::int64_t stop(int counter) const { return at(counter).stop; }
  // The value on lane 0 of an expression of counters.
  std::int64_t evaluate(const Sum& sum) const;

 private:
  struct Counter {
    std::int64_t trip;
    std::int64_t trips;  // -1 where only a stop tells
    std::int64_t start;
    std::int64_t stop;
  };
  static std::size_t index(int i) { return static_cast<std::size_t>(i); }
  const Counter& at(int counter) const { return counters_[index(counter)]; }

  const std::vector<Level>& levels_;
  std::vector<Counter> counters_;
  std::vector<std::int64_t> begun_;
  int first_ = 0;
  int last_;
  int depth_;
};

}  // namespace rdu::engine
