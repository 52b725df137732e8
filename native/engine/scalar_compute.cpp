// PCU contexts without vectors: one word a register, no masks.
#include "engine/actions.hpp"
#include "engine/firing.hpp"

namespace rdu::engine {

namespace {

class ScalarCompute final : public Unit<ScalarCompute> {
 public:
  ScalarCompute(int number, const ContextSpec& spec, Fabric& fabric)
      : Unit(number, spec, fabric), registers_(static_cast<std::size_t>(spec.registers) + 1, 0) {
    for (const Constant& constant : spec.constants) at(constant.target) = constant.value;
    for (const Step& step : spec.steps) {
      const auto operand = [&](std::size_t i) {
        return i < step.operands.size() ? step.operands[i] : spec.registers;
      };
      steps_.push_back({step.operation->single, operand(0), operand(1), operand(2), step.result,
                        step.over, step.init, step.identity});
    }
    for (std::size_t i = 0; i < spec.levels.size(); ++i) {
      at(counter(i)) = static_cast<Word>(chain_.value(static_cast<int>(i)));
    }
  }

  void take(const InputPort& input) {
    if (input.channel->kind() == TokenKind::scalar) {
      at(input.number) = *input.channel->head_words();
    }
  }

  Time act(int first) {
    for (const Stage& stage : steps_) {
      if (stage.over < 0) {
        at(stage.result) = stage.single(at(stage.a), at(stage.b), at(stage.c));
        continue;
      }
      const Word start = stage.init < 0 ? stage.identity : at(stage.init);
      const Word state = first < stage.over ? start : at(stage.result);
      at(stage.result) = stage.single(state, at(stage.a), 0);
    }
    return 1;
  }

  void put(const Outlet& outlet) {
    Channel& channel = *outlet.channel;
    if (channel.kind() == TokenKind::control) return;
    if (channel.kind() == TokenKind::scalar) {
      *channel.staged_words() = at(outlet.value);
      return;
    }
    std::fill_n(channel.staged_words(), lanes_, at(outlet.value));
    channel.set_staged_mask(all_lanes_);
  }

  void step(int last) {
    const std::size_t levels = spec_.levels.size();
    for (std::size_t i = last == 0 ? 0 : static_cast<std::size_t>(last) - 1; i < levels; ++i) {
      const Level& level = spec_.levels[i];
      Word& value = at(counter(i));
      value = static_cast<int>(i) == last - 1 ? value + static_cast<Word>(level.stride)
                                              : static_cast<Word>(level.start);
    }
  }

 private:
  struct Stage {
    Single single;
    int a, b, c;
    int result;
    int over;
    int init;
    Word identity;
  };

  Word& at(int number) { return registers_[static_cast<std::size_t>(number)]; }
  int counter(std::size_t i) const { return static_cast<int>(inputs_.size() + i); }

  std::vector<Word> registers_;  // one more at the end for operands that an operation lacks
  std::vector<Stage> steps_;
};

}  // namespace

bool is_scalar(const ContextSpec& spec) {
  if (spec.vector_level != 0) return false;
  for (const Input& input : spec.inputs) {
    if (input.kind == TokenKind::vector) return false;
  }
  return true;
}

std::unique_ptr<Process> make_scalar_compute(int number, const ContextSpec& spec, Fabric& fabric) {
  return std::make_unique<ScalarCompute>(number, spec, fabric);
}

}  // namespace rdu::engine
