#include "engine/process.hpp"

#include "engine/ring.hpp"

namespace rdu::engine {

namespace {

bool uses_tier(const ContextSpec& spec) {
  return spec.kind == ContextKind::load || spec.kind == ContextKind::store;
}

std::int64_t in_flight(const ContextSpec& spec, const SectionSpec& section) {
  return uses_tier(spec) ? section.outstanding : spec.depth;
}

}  // namespace

Fabric::Fabric(const SectionSpec& section)
    : spec(section), tier(section.tier), agenda(section.contexts.size()) {
  channels.reserve(section.channels.size());
  for (const ChannelSpec& channel : section.channels) {
    const ContextSpec& source = section.contexts[static_cast<std::size_t>(channel.source)];
    channels.emplace_back(channel, section.lanes, in_flight(source, section));
  }
  for (const MemorySpec& memory : section.memories) {
    memories.emplace_back(static_cast<std::size_t>(memory.buffers * memory.words), 0);
  }
}

Process::Process(int number, const ContextSpec& spec, Fabric& fabric)
    : number_(number),
      spec_(spec),
      fabric_(fabric),
      lanes_(fabric.spec.lanes),
      all_lanes_(prefix(fabric.spec.lanes)),
      depth_(spec.depth),
      limit_(in_flight(spec, fabric.spec)),
      chain_(spec, fabric.spec.lanes),
      inputs_at_(spec.levels.size() + 1),
      outlets_at_(spec.levels.size() + 1),
      waits_(kFirstPort + spec.inputs.size() + spec.outputs.size(), 0),
      mask_(ring_size(limit_ + 1) - 1),
      flights_(mask_ + 1),
      retirements_(mask_ + 1) {
  const auto at_or_inside = [](int level, auto& by_level, const auto& port) {
    for (std::size_t i = 0; i <= static_cast<std::size_t>(level); ++i) by_level[i].push_back(port);
  };
  int cause = kFirstPort;
  for (const Input& input : spec.inputs) {
    Channel& channel = fabric.channels[static_cast<std::size_t>(input.channel)];
    inputs_.push_back({&channel, cause++ - kFirstPort});
    at_or_inside(input.level, inputs_at_, inputs_.back());
  }
  for (const Output& output : spec.outputs) {
    for (int number_of_channel : output.channels) {
      Channel& channel = fabric.channels[static_cast<std::size_t>(number_of_channel)];
      self_loop_ |= channel.source() == channel.sink();
      outlets_.push_back({&channel, static_cast<int>(outlets_.size()), output.value, cause});
      at_or_inside(output.level, outlets_at_, outlets_.back());
    }
    ++cause;
  }
}

void Process::served(const Request&, Time) {}

void Process::mark_blocked_writers() {
  if (retired_ == fired_) return;
  for (const Outlet& outlet : outlets_) {
    Channel& channel = *outlet.channel;
    if (channel.has_staged() && !channel.has_slot()) channel.writer_waits = true;
  }
}

bool Process::can_push() const {
  for (const Outlet& outlet : outlets_) {
    const Channel& channel = *outlet.channel;
    if (!channel.has_staged() || !channel.has_slot()) continue;
    if (flights_[static_cast<std::size_t>(channel.next_firing()) & mask_].responses == 0) {
      return true;
    }
  }
  return false;
}

bool Process::blocked_on(BlockedContext& blocked) const {
  for (const Outlet& outlet : outlets_) {
    const Channel& channel = *outlet.channel;
    if (!channel.has_staged() || channel.has_slot()) continue;
    const auto number = static_cast<int>(outlet.channel - fabric_.channels.data());
    blocked = {number_, number, true};
    return true;
  }
  for (const InputPort& input : inputs_at_[static_cast<std::size_t>(chain_.first())]) {
    if (!input.channel->empty()) continue;
    const auto number = static_cast<int>(input.channel - fabric_.channels.data());
    blocked = {number_, number, false};
    return true;
  }
  return false;
}

ContextAccount Process::account() const {
  const auto first_output =
      waits_.begin() + kFirstPort + static_cast<std::ptrdiff_t>(inputs_.size());
  return {
      .firings = fired_,
      .bank = bank_,
      .starved = {waits_.begin() + kFirstPort, first_output},
      .backpressured = {first_output, waits_.end()},
      .memory = waits_[kMemory],
      .idle = retired_at_ - next_free_,
      .lifetime = retired_at_,
  };
}

}  // namespace rdu::engine
