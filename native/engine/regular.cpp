#include "engine/regular.hpp"

#include <algorithm>

#include "engine/ring.hpp"

namespace rdu::engine {

Regular::Regular(int number, const ContextSpec& spec, Fabric& fabric)
    : Process(number, spec, fabric),
      limit_(uses_tier(spec) ? fabric.spec.outstanding : spec.depth),
      chain_(spec, fabric.spec.lanes),
      inputs_at_(spec.levels.size() + 1),
      outlets_at_(spec.levels.size() + 1),
      mask_(ring_size(limit_ + 1) - 1),
      flights_(mask_ + 1),
      retirements_(mask_ + 1) {
  const auto at_or_inside = [](int level, auto& by_level, const auto& port) {
    for (std::size_t i = 0; i <= static_cast<std::size_t>(level); ++i) by_level[i].push_back(port);
  };
  for (const InputPort& input : inputs_) {
    at_or_inside(spec.inputs[static_cast<std::size_t>(input.number)].level, inputs_at_, input);
  }
  auto outlet = outlets_.begin();
  for (const Output& output : spec.outputs) {
    for (std::size_t i = 0; i < output.channels.size(); ++i) {
      at_or_inside(output.level, outlets_at_, *outlet++);
    }
  }
}

void Regular::record_firing(const std::vector<InputPort>& popped, Time time, Time cost, int cause,
                            std::int64_t freed) {
  recorded_.clear();
  for (const InputPort& input : popped) recorded_.push_back(input.number);
  fabric_.recorder->fired({number_, time, cost, cause, recorded_, recorded_, freed, true});
}

void Regular::mark_blocked_writers() {
  if (retired_ == fired_) return;
  for (const Outlet& outlet : outlets_) {
    Channel& channel = *outlet.channel;
    if (channel.has_staged() && !channel.has_slot()) channel.writer_waits = true;
  }
}

bool Regular::can_push() const {
  for (const Outlet& outlet : outlets_) {
    const Channel& channel = *outlet.channel;
    if (!channel.has_staged() || !channel.has_slot()) continue;
    if (flights_[static_cast<std::size_t>(channel.next_firing()) & mask_].responses == 0) {
      return true;
    }
  }
  return false;
}

bool Regular::blocked_on(BlockedContext& blocked) const {
  if (!chain_.done()) {
    for (const InputPort& input : inputs_at_[static_cast<std::size_t>(chain_.first())]) {
      if (!input.channel->empty()) continue;
      blocked = {number_, fabric_.number_of(*input.channel), false};
      return true;
    }
  }
  return held_up(retired_, blocked);
}

bool is_regular(const ContextSpec& spec, const SectionSpec& section) {
  const auto is_plain = [&](const auto& port) {
    return !port.stream && port.when.kind == Condition::always;
  };
  const auto is_static = [&](int channel) {
    return section.channels[static_cast<std::size_t>(channel)].virtual_channel < 0;
  };
  const auto counts = [](const Level& level) {
    return !level.until && level.start_port < 0 && level.stop_port < 0 && level.trips > 0;
  };
  const auto is_direct = [&](const Access& access) {
    if (!access.address.ports.empty() || !access.guards.empty() || !access.back.is_zero()) {
      return false;
    }
    return uses_tier(spec) || section.memories[static_cast<std::size_t>(access.target)].skew == 0;
  };
  if (spec.kind == ContextKind::update || spec.array || spec.choice || spec.repeat < 0) {
    return false;
  }
  return std::ranges::all_of(spec.inputs, is_plain) &&
         std::ranges::all_of(spec.outputs, is_plain) &&
         std::ranges::all_of(spec.inputs, is_static, &Input::channel) &&
         std::ranges::all_of(spec.outputs,
                             [&](const Output& output) {
                               return std::ranges::all_of(output.channels, is_static);
                             }) &&
         std::ranges::all_of(spec.levels, counts) && (!spec.access || is_direct(*spec.access));
}

}  // namespace rdu::engine
