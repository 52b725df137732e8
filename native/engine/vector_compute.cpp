// PCU contexts with vectors: a register is a row of words and a mask.
//
// A burst of firings without masked lanes works through the operations one by one: a register is
// a block of rows then, one for each firing. Otherwise only the first row of a block counts.
#include "engine/actions.hpp"
#include "engine/firing.hpp"
#include "engine/lanes.hpp"
#include "engine/tree.hpp"

namespace rdu::engine {

namespace {

class VectorCompute final : public Unit<VectorCompute> {
 public:
  VectorCompute(int number, const ContextSpec& spec, Fabric& fabric)
      : Unit(number, spec, fabric),
        storage_((static_cast<std::size_t>(spec.registers) + 3) * block_size()),
        rows_(static_cast<std::size_t>(spec.registers) + 1),
        masks_(rows_.size(), all_lanes_),
        alike_(rows_.size(), kBurst) {
    for (std::size_t i = 0; i < rows_.size(); ++i) rows_[i] = own_row(i);
    scratch_ = own_row(rows_.size());
    broadcast_ = own_row(rows_.size() + 1);
    for (const Constant& constant : spec.constants) {
      std::fill_n(own_row(static_cast<std::size_t>(constant.target)), block_size(), constant.value);
    }
    for (const Input& input : spec.inputs) {
      const Channel& channel = fabric.channels[static_cast<std::size_t>(input.channel)];
      const bool innermost = input.level == chain_.depth();
      borrowed_.push_back(innermost && channel.source() != channel.sink());
      held_masks_.push_back(all_lanes_);
    }
    for (const Step& step : spec.steps) stages_.push_back(stage(step));
    for (int i = 0; i < chain_.depth(); ++i) counter_read_.push_back(reads(spec, counter(i)));
  }

  void take(const InputPort& input, std::int64_t i) {
    const Channel& channel = *input.channel;
    const auto port = static_cast<std::size_t>(input.number);
    switch (channel.kind()) {
      case TokenKind::control:
        return;
      case TokenKind::scalar:
        std::fill_n(own_row(port), lanes_, *channel.head_words(i));
        alike_[port] = 1;
        return;
      case TokenKind::vector:
        alike_[port] = 1;
        held_masks_[port] = channel.head_mask(i);
        if (borrowed_[port]) {
          rows_[port] = channel.head_words(i);
        } else {
          std::copy_n(channel.head_words(i), lanes_, own_row(port));
          rows_[port] = own_row(port);
        }
    }
  }

  Time act(int first) {
    const Mask mask = chain_.mask();
    for (std::size_t i = 0; i < held_masks_.size(); ++i) masks_[i] = held_masks_[i] & mask;
    std::fill_n(masks_.begin() + counter(0), chain_.depth(), mask);
    for (int i = std::max(0, first - 1); i < chain_.depth(); ++i) set_counter(i);
    for (const Stage& stage : stages_) {
      if (stage.over < 0) {
        stage.loop(stage.out, row(stage.a), row(stage.b), row(stage.c), lanes());
        masks_[stage.result] = masks_[stage.a] & masks_[stage.b] & masks_[stage.c];
      } else {
        reduce(stage, first, mask);
      }
    }
    return 1;
  }

  void put(const Outlet& outlet, std::int64_t i) {
    Channel& channel = *outlet.channel;
    if (channel.kind() == TokenKind::control) return;
    const Word* values = row(static_cast<std::size_t>(outlet.value));
    const Mask mask = masks_[static_cast<std::size_t>(outlet.value)];
    if (channel.kind() == TokenKind::scalar) {
      *channel.put_words(i) = values[scalar_lane(mask)];
      return;
    }
    std::copy_n(values, lanes_, channel.put_words(i));
    channel.put_mask(i, mask);
  }

  void step(int) {}

  const Time* work(std::int64_t count) {
    if (!all_live(count)) return Unit::work(count);
    const std::size_t words = static_cast<std::size_t>(count) * lanes();
    for (std::size_t port = 0; port < inputs_.size(); ++port) see_input(port, count);
    for (int i = 0; i < chain_.depth(); ++i) see_counter(i, count);
    for (const Stage& stage : stages_) {
      if (stage.over < 0) {
        stage.long_loop(stage.out, row(stage.a), row(stage.b), row(stage.c), words);
      } else {
        scan(stage, count);
      }
    }
    for (const Outlet& outlet : outlets_at_.back()) put_block(outlet, count);
    for (const Stage& stage : stages_) {
      if (stage.over >= 0) std::copy_n(stage.out + words - lanes(), lanes_, stage.out);
    }
    chain_.step_inner(count);
    return nullptr;
  }

 private:
  struct Stage {
    Loop loop;       // for one row
    Loop long_loop;  // for any number
    Single single;
    Tree tree;  // null without one
    Word* out;
    std::size_t a, b, c;
    std::size_t result;
    int over;
    int init;
    Word identity;
  };

  Stage stage(const Step& step) {
    const Operation& operation = *step.operation;
    const auto operand = [&](std::size_t i) {
      return static_cast<std::size_t>(i < step.operands.size() ? step.operands[i]
                                                               : spec_.registers);
    };
    return {.loop = lanes_ == 16 ? operation.loop16 : operation.loop,
            .long_loop = operation.loop,
            .single = operation.single,
            .tree = step.tree ? operation.tree : nullptr,
            .out = own_row(static_cast<std::size_t>(step.result)),
            .a = operand(0),
            .b = operand(1),
            .c = operand(2),
            .result = static_cast<std::size_t>(step.result),
            .over = step.over,
            .init = step.init,
            .identity = step.identity};
  }

  void reduce(const Stage& stage, int first, Mask mask) {
    if (first < stage.over) {
      if (stage.init < 0) {
        std::fill_n(stage.out, lanes_, stage.identity);
      } else {
        std::copy_n(row(static_cast<std::size_t>(stage.init)), lanes_, stage.out);
      }
    }
    const Word* values = row(stage.a);
    const Mask live_lanes = masks_[stage.a];
    if (stage.tree == nullptr) {
      masks_[stage.result] = mask;
      if (live_lanes == all_lanes_) {
        stage.loop(stage.out, stage.out, values, values, lanes());
        return;
      }
      stage.loop(scratch_, stage.out, values, values, lanes());
      blend(stage.out, scratch_, live_lanes, lanes_);
      return;
    }
    masks_[stage.result] = all_lanes_;
    if (live_lanes == 0) return;
    const Word total = is_prefix(live_lanes)
                           ? stage.tree(values, static_cast<std::size_t>(std::popcount(live_lanes)))
                           : masked_tree(stage.single, values, live_lanes, lanes_);
    std::fill_n(broadcast_, lanes_, total);
    stage.loop(stage.out, stage.out, broadcast_, broadcast_, lanes());
  }

  void set_counter(int i) {
    if (!counter_read_[static_cast<std::size_t>(i)]) return;
    const auto number = static_cast<std::size_t>(counter(i));
    const auto value = static_cast<Word>(chain_.value(i));
    const bool vector = i == spec_.vector_level - 1;
    const Word step =
        vector ? static_cast<Word>(spec_.levels[static_cast<std::size_t>(i)].step) : 0;
    Word* out = own_row(number);
    for (int lane = 0; lane < lanes_; ++lane) out[lane] = value + static_cast<Word>(lane) * step;
    alike_[number] = 1;
  }

  // -- bursts ---------------------------------------------------------------------------------
  // Whether no firing of a burst masks a lane. Its chain's mask is that of its first firing.
  bool all_live(std::int64_t count) const {
    if (chain_.mask() != all_lanes_) return false;
    for (std::size_t port = 0; port < inputs_.size(); ++port) {
      const Channel& channel = *inputs_[port].channel;
      if (channel.kind() != TokenKind::vector) continue;
      if (!innermost(port)) {
        if (held_masks_[port] != all_lanes_) return false;
        continue;
      }
      for (std::int64_t i = 0; i < count; ++i) {
        if (channel.head_mask(i) != all_lanes_) return false;
      }
    }
    return true;
  }

  // Makes the rows of an input or counter, one for each firing.
  void see_input(std::size_t port, std::int64_t count) {
    const Channel& channel = *inputs_[port].channel;
    if (!innermost(port)) {
      repeat_row(port, count);
    } else if (channel.kind() == TokenKind::vector) {
      rows_[port] = channel.head_words();
    } else if (channel.kind() == TokenKind::scalar) {
      for (std::int64_t i = 0; i < count; ++i) {
        std::fill_n(own_row(port) + i * lanes_, lanes_, *channel.head_words(i));
      }
    }
  }
  void see_counter(int i, std::int64_t count) {
    if (!counter_read_[static_cast<std::size_t>(i)]) return;
    const auto number = static_cast<std::size_t>(counter(i));
    if (i != chain_.depth() - 1) {
      repeat_row(number, count);
      return;
    }
    set_counter(i);
    const auto stride = static_cast<Word>(spec_.levels[static_cast<std::size_t>(i)].stride);
    Word* rows = own_row(number);
    for (std::size_t k = lanes(); k < static_cast<std::size_t>(count) * lanes(); ++k) {
      rows[k] = rows[k - lanes()] + stride;
    }
  }
  void repeat_row(std::size_t number, std::int64_t count) {
    Word* rows = own_row(number);
    for (std::int64_t& i = alike_[number]; i < count; ++i) {
      std::copy_n(rows, lanes_, rows + i * lanes_);
    }
  }

  // A reduction in a burst, where no firing restarts it; its state is in the first row.
  void scan(const Stage& stage, std::int64_t count) {
    const Word* values = row(stage.a);
    const Word* state = stage.out;
    Word* out = stage.out;
    for (std::int64_t i = 0; i < count; ++i, values += lanes_, state = out, out += lanes_) {
      const Word* operand = values;
      if (stage.tree != nullptr) {
        std::fill_n(broadcast_, lanes_, stage.tree(values, lanes()));
        operand = broadcast_;
      }
      stage.loop(out, state, operand, operand, lanes());
    }
  }

  void put_block(const Outlet& outlet, std::int64_t count) {
    Channel& channel = *outlet.channel;
    if (channel.kind() == TokenKind::control) return;
    const Word* values = row(static_cast<std::size_t>(outlet.value));
    if (channel.kind() == TokenKind::scalar) {
      for (std::int64_t i = 0; i < count; ++i) *channel.put_words(i) = values[i * lanes_];
      return;
    }
    std::copy_n(values, count * lanes_, channel.put_words());
    for (std::int64_t i = 0; i < count; ++i) channel.put_mask(i, all_lanes_);
  }

  bool innermost(std::size_t port) const { return spec_.inputs[port].level == chain_.depth(); }

  Word* own_row(std::size_t number) { return storage_.data() + number * block_size(); }
  std::size_t block_size() const { return kBurst * lanes(); }
  const Word* row(std::size_t number) const { return rows_[number]; }
  std::size_t lanes() const { return static_cast<std::size_t>(lanes_); }
  int counter(int i) const { return static_cast<int>(inputs_.size()) + i; }

  std::vector<Word> storage_;  // a block of rows for each register
  // Where each register's words are: its own row, or the token that an input holds in its
  // channel. One more at the end stands for operands that an operation lacks.
  std::vector<const Word*> rows_;
  std::vector<Mask> masks_;
  std::vector<std::int64_t> alike_;  // rows of each register's block that repeat the first
  std::vector<Mask> held_masks_;
  std::vector<char> borrowed_;
  std::vector<char> counter_read_;
  std::vector<Stage> stages_;
  Word* scratch_;
  Word* broadcast_;
};

}  // namespace

std::unique_ptr<Process> make_vector_compute(int number, const ContextSpec& spec, Fabric& fabric) {
  return std::make_unique<VectorCompute>(number, spec, fabric);
}

}  // namespace rdu::engine
