// First come, first served: the merge of streams, which chooses by time.
//
// It takes the value that arrived first, ties by the number of the input. With an open input empty
// that is known only once nothing can arrive there before, which the engine tells.
#pragma once

#include "engine/irregular/primitives.hpp"

namespace rdu::engine {

class Merge final : public Primitive {
 public:
  using Primitive::Primitive;

  // The first time at which a pending choice can show anywhere.
  Time horizon() const;
  // Chooses if it is due; whether it was.
  bool choose(Time horizon);

 private:
  // Cycles from the arrival of the value chosen to the first visible effect, the freed slot.
  static constexpr Time kLeastDelay = 1;

  bool step(Move& move) override;
  // The number of the input whose value arrived first, or -1.
  int earliest() const;
  bool take(int number, Move& move);

  int decided_ = -1;
  Word number_ = 0;
};

}  // namespace rdu::engine
