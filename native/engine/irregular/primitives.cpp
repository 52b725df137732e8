#include "engine/irregular/primitives.hpp"

#include <stdexcept>

namespace rdu::engine {

Primitive::Primitive(const ContextSpec& spec, int lanes, Heads heads)
    : Schedule(std::move(heads)),
      choice_(*spec.choice),
      lanes_(lanes),
      outputs_(static_cast<int>(spec.outputs.size())),
      given_(static_cast<std::size_t>(lanes)) {}

bool Primitive::next(Move& move) {
  missing_.clear();
  move.clear();
  return !rests_ && step(move);
}

bool Primitive::there(const std::vector<int>& inputs) {
  for (int input : inputs) {
    if (!head(input).has_head()) missing_.push_back(input);
  }
  std::sort(missing_.begin(), missing_.end());
  return missing_.empty();
}

void Primitive::together(const std::vector<int>& inputs) const {
  const int expected = head(inputs.front()).head_code();
  for (int input : inputs) {
    const int code = head(input).head_code();
    if (code != expected) throw Refusal{"stream", input, code, expected, inputs};
  }
}

bool Primitive::pass_on(const std::vector<int>& inputs, Move& move) {
  together(inputs);
  const int stop = head(inputs.front()).head_code();
  rests_ = stop == kDone;
  move.pops = inputs;
  for (int output = 0; output < outputs_; ++output) move.gives.push_back({output, stop, {}});
  return true;
}

int Primitive::chosen(std::size_t ways, const std::vector<int>& waits) const {
  const Channel& channel = head(choice_.by);
  const bool is_vector = channel.kind() == TokenKind::vector;
  const int lane = is_vector ? scalar_lane(channel.head_mask()) : 0;
  const int way = as_int(channel.head_words()[lane]);
  if (way < 0 || static_cast<std::size_t>(way) >= ways) {
    throw Refusal{"choice", choice_.by, way, static_cast<std::int64_t>(ways), waits};
  }
  return way;
}

void Primitive::give(int input, int output, Move& move) {
  const Channel& channel = head(input);
  const bool is_scalar = channel.kind() == TokenKind::scalar;
  std::copy_n(channel.head_words(), is_scalar ? 1 : lanes_, given_.data());
  const Mask mask = is_scalar ? 0 : channel.head_mask();
  move.gives.push_back({output, kValue, {given_.data(), mask, is_scalar}});
}

namespace {

// Those that pop two streams in step: x, and the one that decides.
class InStep : public Primitive {
 public:
  InStep(const ContextSpec& spec, int lanes, Heads heads)
      : Primitive(spec, lanes, std::move(heads)), both_{choice_.inputs.front(), choice_.by} {}

 protected:
  bool step(Move& move) override {
    if (!there(both_)) return false;
    if (!is_value(both_[0]) || !is_value(both_[1])) return pass_on(both_, move);
    move.pops = both_;
    decide(move);
    return true;
  }
  virtual void decide(Move& move) = 0;

  const std::vector<int> both_;
};

// Passes on the values of x whose p is true.
class Filter final : public InStep {
 public:
  using InStep::InStep;

 private:
  void decide(Move& move) override {
    const Channel& p = head(both_[1]);
    const bool is_vector = p.kind() == TokenKind::vector;
    if (is_vector && p.head_mask() == 0) return;
    const int lane = is_vector ? scalar_lane(p.head_mask()) : 0;
    if (p.head_words()[lane] != 0) give(both_[0], choice_.outputs.front(), move);
  }
};

// Passes each value of x on to the output that w tells.
class Partition final : public InStep {
 public:
  using InStep::InStep;

 private:
  void decide(Move& move) override {
    const int way = chosen(choice_.outputs.size(), both_);
    give(both_[0], choice_.outputs[static_cast<std::size_t>(way)], move);
  }
};

// Takes the next value from the input that w tells.
class Reassemble final : public Primitive {
 public:
  Reassemble(const ContextSpec& spec, int lanes, Heads heads)
      : Primitive(spec, lanes, std::move(heads)), by_{choice_.by}, every_{choice_.by} {
    every_.insert(every_.end(), choice_.inputs.begin(), choice_.inputs.end());
  }

 private:
  bool step(Move& move) override {
    if (!there(by_)) return false;
    if (!is_value(choice_.by)) return there(every_) && pass_on(every_, move);
    const int x = choice_.inputs[static_cast<std::size_t>(chosen(choice_.inputs.size(), by_))];
    if (!there({x})) return false;
    move.pops = {choice_.by, x};
    together(move.pops);
    give(x, choice_.outputs.front(), move);
    return true;
  }

  const std::vector<int> by_;
  std::vector<int> every_;
};

// Packs the live lanes of x, in order, into full vectors.
class Compact final : public Primitive {
 public:
  Compact(const ContextSpec& spec, int lanes, Heads heads)
      : Primitive(spec, lanes, std::move(heads)),
        x_{choice_.inputs.front()},
        kept_(static_cast<std::size_t>(lanes)),
        packed_(kept_.size()) {}

 private:
  bool step(Move& move) override {
    if (!there(x_)) return false;
    if (!is_value(x_.front())) {
      if (count_ == 0) return pass_on(x_, move);
      move.examines = x_;
      push(move);
      return true;
    }
    move.pops = x_;
    const Channel& channel = head(x_.front());
    const Mask mask = channel.kind() == TokenKind::vector ? channel.head_mask() : prefix(lanes_);
    const Word* words = channel.head_words();
    for (Mask left = mask; left != 0; left &= left - 1) {
      if (count_ == lanes_) push(move);
      const int lane = channel.kind() == TokenKind::vector ? std::countr_zero(left) : 0;
      kept_[static_cast<std::size_t>(count_++)] = words[lane];
    }
    if (count_ == lanes_) push(move);
    return true;
  }

  // Gives what is kept, at most once in a firing.
  void push(Move& move) {
    std::fill_n(packed_.begin(), lanes_, 0);
    std::copy_n(kept_.begin(), count_, packed_.begin());
    move.gives.push_back(
        {choice_.outputs.front(), kValue, {packed_.data(), prefix(count_), false}});
    count_ = 0;
  }

  const std::vector<int> x_;
  std::vector<Word> kept_;
  std::vector<Word> packed_;
  int count_ = 0;
};

}  // namespace

std::unique_ptr<Schedule> make_primitive(const ContextSpec& spec, int lanes, Heads heads) {
  switch (spec.kind) {
    case ContextKind::filter:
      return std::make_unique<Filter>(spec, lanes, std::move(heads));
    case ContextKind::partition:
      return std::make_unique<Partition>(spec, lanes, std::move(heads));
    case ContextKind::reassemble:
      return std::make_unique<Reassemble>(spec, lanes, std::move(heads));
    case ContextKind::compact:
      return std::make_unique<Compact>(spec, lanes, std::move(heads));
    default:
      throw std::invalid_argument("context '" + spec.name + "' is no stream primitive");
  }
}

}  // namespace rdu::engine
