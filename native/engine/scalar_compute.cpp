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
        return &at(i < step.operands.size() ? step.operands[i] : spec.registers);
      };
      stages_.push_back({step.operation->single, operand(0), operand(1), operand(2),
                         &at(step.result), step.over, step.init < 0 ? nullptr : &at(step.init),
                         step.identity});
    }
    for (int i = 0; i < chain_.depth(); ++i) {
      at(counter(i)) = static_cast<Word>(chain_.value(i));
      if (reads(spec, counter(i))) counters_.push_back(i);
    }
  }

  void take(const InputPort& input) {
    if (input.channel->kind() == TokenKind::scalar) {
      at(input.number) = *input.channel->head_words();
    }
  }

  Time act(int first) {
    for (const Stage& stage : stages_) {
      if (stage.over < 0) {
        *stage.result = stage.single(*stage.a, *stage.b, *stage.c);
        continue;
      }
      if (first < stage.over) *stage.result = stage.init == nullptr ? stage.identity : *stage.init;
      *stage.result = stage.single(*stage.result, *stage.a, 0);
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
    for (int i : counters_) {
      if (i < last - 1) continue;
      const Level& level = spec_.levels[static_cast<std::size_t>(i)];
      Word& value = at(counter(i));
      value =
          i == last - 1 ? value + static_cast<Word>(level.stride) : static_cast<Word>(level.start);
    }
  }

 private:
  struct Stage {
    Single single;
    const Word *a, *b, *c;
    Word* result;
    int over;
    const Word* init;  // null for `identity`
    Word identity;
  };

  Word& at(int number) { return registers_[static_cast<std::size_t>(number)]; }
  int counter(int i) const { return static_cast<int>(inputs_.size()) + i; }

  std::vector<Word> registers_;  // one more at the end for operands that an operation lacks
  std::vector<Stage> stages_;
  std::vector<int> counters_;  // those that are read
};

}  // namespace

bool is_scalar(const ContextSpec& spec) {
  if (spec.vector_level != 0) return false;
  for (const Input& input : spec.inputs) {
    if (input.kind == TokenKind::vector) return false;
  }
  return true;
}

bool reads(const ContextSpec& spec, int number) {
  for (const Step& step : spec.steps) {
    if (step.init == number || std::ranges::count(step.operands, number) != 0) return true;
  }
  return std::ranges::count(spec.outputs, number, &Output::value) != 0;
}

std::unique_ptr<Process> make_scalar_compute(int number, const ContextSpec& spec, Fabric& fabric) {
  return std::make_unique<ScalarCompute>(number, spec, fabric);
}

}  // namespace rdu::engine
