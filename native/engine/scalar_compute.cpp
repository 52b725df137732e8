// PCU contexts without vectors: one word a register, no masks.
//
// A burst of firings works through the operations one by one: a register is a column of words, one
// for each firing. Outside of bursts only the first word of a column counts.
#include "engine/actions.hpp"
#include "engine/firing.hpp"

namespace rdu::engine {

namespace {

class ScalarCompute final : public Unit<ScalarCompute> {
 public:
  ScalarCompute(int number, const ContextSpec& spec, Fabric& fabric)
      : Unit(number, spec, fabric),
        storage_((static_cast<std::size_t>(spec.registers) + 1) * kColumn, 0) {
    for (int i = 0; i <= spec.registers; ++i) columns_.push_back(own(i));
    for (const Constant& constant : spec.constants) fill(constant.target, constant.value);
    for (const Step& step : spec.steps) {
      const auto operand = [&](std::size_t i) {
        return i < step.operands.size() ? step.operands[i] : spec.registers;
      };
      stages_.push_back({step.operation->single, step.operation->loop, operand(0), operand(1),
                         operand(2), own(step.result), step.over,
                         step.init < 0 ? nullptr : own(step.init), step.identity});
    }
    for (int i = 0; i < chain_.depth(); ++i) {
      fill(counter(i), static_cast<Word>(chain_.value(i)));
      if (reads(spec, counter(i))) counters_.push_back(i);
    }
    for (const Input& input : spec.inputs) held_.push_back(input.level != chain_.depth());
  }

  void take(const InputPort& input, std::int64_t i) {
    if (input.channel->kind() != TokenKind::scalar) return;
    const Word word = *input.channel->head_words(i);
    if (held_[static_cast<std::size_t>(input.number)]) {
      fill(input.number, word);
    } else {
      *own(input.number) = word;
    }
  }

  Time act(int first) {
    for (const Stage& stage : stages_) {
      if (stage.over < 0) {
        *stage.out = stage.single(*own(stage.a), *own(stage.b), *own(stage.c));
        continue;
      }
      if (first < stage.over) *stage.out = stage.init == nullptr ? stage.identity : *stage.init;
      *stage.out = stage.single(*stage.out, *own(stage.a), 0);
    }
    return 1;
  }

  void put(const Outlet& outlet, std::int64_t) {
    if (outlet.channel->kind() != TokenKind::control) put_words(outlet, own(outlet.value), 1);
  }

  void step(int last) {
    for (int i : counters_) {
      if (i < last - 1) continue;
      const Level& level = spec_.levels[static_cast<std::size_t>(i)];
      const Word next = i == last - 1 ? *own(counter(i)) + static_cast<Word>(level.stride)
                                      : static_cast<Word>(level.start);
      if (i == chain_.depth() - 1) {
        *own(counter(i)) = next;
      } else {
        fill(counter(i), next);
      }
    }
  }

  const Time* work(std::int64_t count) {
    const auto firings = static_cast<std::size_t>(count);
    const auto depth = static_cast<std::size_t>(chain_.depth());
    for (const InputPort& input : inputs_at_[depth]) {
      columns_[static_cast<std::size_t>(input.number)] = input.channel->head_words();
    }
    const bool counts = !counters_.empty() && counters_.back() == chain_.depth() - 1;
    if (counts) count_up(firings);
    for (const Stage& stage : stages_) run(stage, firings);
    for (const Outlet& outlet : outlets_at_[depth]) {
      if (outlet.channel->kind() == TokenKind::control) continue;
      put_words(outlet, column(outlet.value), count);
    }
    for (const Stage& stage : stages_) {
      if (stage.over >= 0) *stage.out = stage.out[firings - 1];
    }
    chain_.step_inner(count);
    if (counts) *own(counter(counters_.back())) = static_cast<Word>(chain_.value(counters_.back()));
    return nullptr;
  }

 private:
  static constexpr std::size_t kColumn = kBurst;

  struct Stage {
    Single single;
    Loop loop;
    int a, b, c;
    Word* out;
    int over;
    const Word* init;  // null for `identity`
    Word identity;
  };

  // One operation of a burst. None of its firings restarts a reduction; its state is in `*out`.
  void run(const Stage& stage, std::size_t firings) {
    const Word* a = column(stage.a);
    if (stage.over < 0) {
      stage.loop(stage.out, a, column(stage.b), column(stage.c), firings);
      return;
    }
    Word state = *stage.out;
    for (std::size_t i = 0; i < firings; ++i) stage.out[i] = state = stage.single(state, a[i], 0);
  }

  // The innermost counter in each firing of a burst.
  void count_up(std::size_t firings) {
    const int inner = chain_.depth() - 1;
    const auto stride = static_cast<Word>(spec_.levels[static_cast<std::size_t>(inner)].stride);
    Word* values = own(counter(inner));
    const Word first = *values;
    for (std::size_t i = 1; i < firings; ++i) values[i] = first + static_cast<Word>(i) * stride;
  }

  // Sets the values of the tokens that are staged next.
  void put_words(const Outlet& outlet, const Word* words, std::int64_t count) {
    Channel& channel = *outlet.channel;
    if (channel.kind() == TokenKind::scalar) {
      std::copy_n(words, count, channel.put_words());
      return;
    }
    for (std::int64_t i = 0; i < count; ++i) {
      std::fill_n(channel.put_words(i), lanes_, words[i]);
      channel.put_mask(i, all_lanes_);
    }
  }

  // A register's own column, and where its words are in a burst: there, or in a channel.
  Word* own(int number) { return storage_.data() + static_cast<std::size_t>(number) * kColumn; }
  const Word* column(int number) const { return columns_[static_cast<std::size_t>(number)]; }
  void fill(int number, Word word) { std::fill_n(own(number), kColumn, word); }
  int counter(int i) const { return static_cast<int>(inputs_.size()) + i; }

  std::vector<Word> storage_;  // one more register at the end for operands that an operation lacks
  std::vector<const Word*> columns_;
  std::vector<Stage> stages_;
  std::vector<int> counters_;  // those that are read
  std::vector<char> held_;     // by input: over several firings
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
