// The firings of a chain that reads streams: its outermost counters run until their stops.
//
// A value at the reader's head is an iteration of level `reads`. A stop ends iterations outside of
// it in a firing of its own, which is empty.
#pragma once

#include "engine/irregular/loops.hpp"

namespace rdu::engine {

class StreamLoops final : public Loops {
 public:
  StreamLoops(const ContextSpec& spec, Registers& registers, Heads heads);

 private:
  bool firing(Move& move) override;
  void follow() override;

  // The last firing: every stream is done.
  bool done(Move& move);
  // The empty firing that ends iterations outside of level `reads`.
  bool ending(int stop, Move& move);
  // The reader's stop as a stream of another level has it; negative for none.
  int seen(int stop, int level) const { return stop - (reads_ - level); }

  int reads_;
  int reader_;
  std::vector<PortCode> others_;  // the level of each other stream input
  // Whether a fiber of the streams written inside level `reads` waits for its stop.
  bool is_open_ = false;
};

}  // namespace rdu::engine
