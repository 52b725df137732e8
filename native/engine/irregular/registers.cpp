#include "engine/irregular/registers.hpp"

namespace rdu::engine {

Registers::Registers(const ContextSpec& spec, int lanes)
    : spec_(spec),
      lanes_(lanes),
      all_lanes_(prefix(lanes)),
      inputs_(static_cast<int>(spec.inputs.size())),
      mask_(all_lanes_),
      vector_mask_(all_lanes_),
      words_(static_cast<std::size_t>(spec.registers * lanes), 0),
      masks_(static_cast<std::size_t>(spec.registers), 0),
      held_masks_(spec.inputs.size(), 0) {
  for (const Constant& constant : spec.constants) {
    std::fill_n(words(constant.target), lanes_, constant.value);
    set_mask(constant.target, all_lanes_);
  }
}

void Registers::hold(int input, const Word* values, Mask mask) {
  std::copy_n(values, lanes_, words(input));
  held_masks_[static_cast<std::size_t>(input)] = mask;
}

void Registers::hold(int input, Word word) {
  std::fill_n(words(input), lanes_, word);
  held_masks_[static_cast<std::size_t>(input)] = all_lanes_;
}

void Registers::load(const Nest& nest) {
  set_masks(nest);
  for (int i = 0; i < inputs_; ++i) set_mask(i, held_masks_[static_cast<std::size_t>(i)] & mask_);
  for (int i = 0; i < nest.size(); ++i) {
    const auto value = static_cast<Word>(nest.value(i));
    const bool vector = i == spec_.vector_level - 1;
    const auto step =
        vector ? static_cast<Word>(spec_.levels[static_cast<std::size_t>(i)].step) : Word{0};
    Word* out = words(inputs_ + i);
    for (int lane = 0; lane < lanes_; ++lane) out[lane] = value + static_cast<Word>(lane) * step;
    set_mask(inputs_ + i, mask_);
  }
}

void Registers::set_masks(const Nest& nest) {
  const int vector = spec_.vector_level;
  if (vector == 0) {
    const bool computes = spec_.kind == ContextKind::compute || spec_.kind == ContextKind::systolic;
    vector_mask_ = computes ? all_lanes_ : 1;
  } else if (vector <= nest.depth()) {
    const Level& level = spec_.levels[static_cast<std::size_t>(vector - 1)];
    const auto lanes_before = [&](std::int64_t end) { return (end + level.step - 1) / level.step; };
    const std::int64_t left = nest.stop(vector - 1) - nest.value(vector - 1);
    const std::int64_t count = left <= 0 ? 0 : lanes_before(std::min(left, level.stride));
    vector_mask_ = prefix(std::min<std::int64_t>(count, lanes_));
  } else {
    vector_mask_ = 0;
  }
  mask_ = nest.is_empty() ? 0 : vector_mask_;
}

bool Registers::is_true(int number) const {
  const Mask mask =
      number < inputs_ ? held_masks_[static_cast<std::size_t>(number)] : this->mask(number);
  return mask != 0 && words(number)[scalar_lane(mask)] != 0;
}

std::int64_t Registers::evaluate(const Sum& sum, int lane) const {
  std::int64_t total = sum.constant;
  for (std::size_t i = 0; i < sum.coefficients.size(); ++i) {
    if (sum.coefficients[i] == 0) continue;
    total += sum.coefficients[i] * as_int(words(inputs_ + static_cast<int>(i))[lane]);
  }
  for (const Sum::Term& term : sum.ports)
    total += term.coefficient * as_int(words(term.port)[lane]);
  return total;
}

Mask Registers::live(const Sum& sum) const {
  Mask mask = mask_;
  for (const Sum::Term& term : sum.ports) mask &= this->mask(term.port);
  return mask;
}

bool Registers::holds(const When& when, const Nest& nest) const {
  const auto is_so = [&] {
    switch (when.kind) {
      case Condition::always:
        return true;
      case Condition::first:
        return nest.is_first(when.level);
      case Condition::last:
        return nest.is_last(when.level);
      case Condition::held:
        return is_true(when.value);
      case Condition::negative:
        return nest.evaluate(when.sum) < 0;
      case Condition::zero:
        return nest.evaluate(when.sum) == 0;
    }
    return true;
  };
  return is_so() != when.negated;
}

}  // namespace rdu::engine
