// Stream primitives: each firing looks at the heads of streams and passes tokens on.
#pragma once

#include <memory>

#include "engine/irregular/turn.hpp"
#include "engine/lanes.hpp"

namespace rdu::engine {

class Primitive : public Schedule {
 public:
  Primitive(const ContextSpec& spec, int lanes, Heads heads);

  bool rests() const final { return rests_; }
  bool next(Move& move) final;
  void fired(const Move&, const std::vector<PortCode>&) final {}

 protected:
  // Tells the next firing of a stream that is not done.
  virtual bool step(Move& move) = 0;

  // Whether inputs have a token at their heads.
  bool there(const std::vector<int>& inputs);
  bool is_value(int input) const { return head(input).head_code() == kValue; }
  // Asks that the heads of inputs are as the first: all values, or the same stop.
  void together(const std::vector<int>& inputs) const;
  // The firing that pops the stop at these heads and pushes it on every output.
  bool pass_on(const std::vector<int>& inputs, Move& move);
  // The number that the choosing stream has at its head, less than `ways`.
  int chosen(std::size_t ways, const std::vector<int>& waits) const;
  // Gives the value at an input's head to an output.
  void give(int input, int output, Move& move);

  const Choice& choice_;
  const int lanes_;

 private:
  int outputs_;
  bool rests_ = false;
  std::vector<Word> given_;
};

std::unique_ptr<Schedule> make_primitive(const ContextSpec& spec, int lanes, Heads heads);

}  // namespace rdu::engine
