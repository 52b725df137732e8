#include "engine/irregular/computation.hpp"

#include "engine/tree.hpp"

namespace rdu::engine {

void evaluate(const Step& step, Registers& registers) {
  const auto operand = [&](std::size_t i) {
    return registers.words(step.operands[i < step.operands.size() ? i : 0]);
  };
  step.operation->loop(registers.words(step.result), operand(0), operand(1), operand(2),
                       static_cast<std::size_t>(registers.lanes()));
  Mask mask = registers.all_lanes();
  for (int number : step.operands) mask &= registers.mask(number);
  registers.set_mask(step.result, mask);
}

Computation::Computation(const ContextSpec& spec, const Nest& nest, Registers& registers)
    : Action(spec, nest, registers), scratch_(static_cast<std::size_t>(registers.lanes())) {
  for (const Step& step : spec.steps) {
    states_.emplace_back(step.over < 0 ? 0 : scratch_.size(), step.identity);
  }
}

Time Computation::act(Firing&, Time) {
  for (std::size_t i = 0; i < spec_.steps.size(); ++i) {
    const Step& step = spec_.steps[i];
    if (step.over < 0) {
      evaluate(step, registers_);
    } else {
      reduce(step, states_[i]);
    }
  }
  return 1;
}

void Computation::reduce(const Step& step, std::vector<Word>& state) {
  const int lanes = registers_.lanes();
  const int operand = step.operands.front();
  const Mask mask = registers_.mask(operand);
  if (nest_.first() < step.over && step.over <= nest_.depth() + 1) {
    if (step.init < 0) {
      std::fill(state.begin(), state.end(), step.identity);
    } else {
      std::copy_n(registers_.words(step.init), lanes, state.begin());
    }
  }
  if (!nest_.is_empty() && mask != 0) {
    const Word* values = registers_.words(operand);
    const auto combine = [&](Word* out, const Word* with) {
      step.operation->loop(out, state.data(), with, with, state.size());
    };
    if (step.tree) {
      const Word total = tree_total(*step.operation, values, mask, lanes);
      std::fill(scratch_.begin(), scratch_.end(), total);
      combine(state.data(), scratch_.data());
    } else {
      combine(scratch_.data(), values);
      blend(state.data(), scratch_.data(), mask, lanes);
    }
  }
  std::copy(state.begin(), state.end(), registers_.words(step.result));
  registers_.set_mask(step.result,
                      step.tree ? registers_.all_lanes() : registers_.outside(step.over));
}

std::unique_ptr<Action> make_computation(const ContextSpec& spec, const Nest& nest,
                                         Registers& registers) {
  return std::make_unique<Computation>(spec, nest, registers);
}

}  // namespace rdu::engine
