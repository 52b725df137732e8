// Computations: the operations of a firing in order, reductions with their states.
#pragma once

#include <vector>

#include "engine/irregular/action.hpp"

namespace rdu::engine {

// Sets an operation's result, live where all of its operands are.
void evaluate(const Step& step, Registers& registers);

class Computation final : public Action {
 public:
  Computation(const ContextSpec& spec, const Nest& nest, Registers& registers);

  Time act(Firing& firing, Time time) override;

 private:
  void reduce(const Step& step, std::vector<Word>& state);

  std::vector<std::vector<Word>> states_;  // by step; empty for those that do not reduce
  std::vector<Word> scratch_;
};

}  // namespace rdu::engine
