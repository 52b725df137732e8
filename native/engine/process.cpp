#include "engine/process.hpp"

#include "engine/lanes.hpp"

namespace rdu::engine {

Process::Process(int number, const ContextSpec& spec, Fabric& fabric)
    : number_(number),
      spec_(spec),
      fabric_(fabric),
      lanes_(fabric.spec.lanes),
      all_lanes_(prefix(fabric.spec.lanes)),
      depth_(spec.depth),
      waits_(kFirstPort + spec.inputs.size() + spec.outputs.size(), 0) {
  int cause = kFirstPort;
  for (const Input& input : spec.inputs) {
    Channel& channel = fabric.channels[static_cast<std::size_t>(input.channel)];
    inputs_.push_back({&channel, cause++ - kFirstPort});
  }
  for (const Output& output : spec.outputs) {
    for (int number_of_channel : output.channels) {
      Channel& channel = fabric.channels[static_cast<std::size_t>(number_of_channel)];
      self_loop_ |= channel.source() == channel.sink();
      outlets_.push_back({&channel, static_cast<int>(outlets_.size()), output.value, cause});
    }
    ++cause;
  }
}

void Process::served(const Request&, Time) {}

void Process::choose(Time) {}

bool Process::held_up(std::int64_t firing, BlockedContext& blocked) const {
  for (const Outlet& outlet : outlets_) {
    const Channel& channel = *outlet.channel;
    if (!channel.has_staged() || channel.next_firing() != firing) continue;
    blocked = {number_, fabric_.number_of(channel), true};
    return true;
  }
  return false;
}

ContextAccount Process::account() const {
  const auto first_output =
      waits_.begin() + kFirstPort + static_cast<std::ptrdiff_t>(inputs_.size());
  return {
      .firings = fired_,
      // What is booked as busy besides are waits for an array to drain.
      .busy = fired_ + waits_[kBusy],
      .bank = bank_,
      .starved = {waits_.begin() + kFirstPort, first_output},
      .backpressured = {first_output, waits_.end()},
      .memory = waits_[kMemory],
      .idle = retired_at_ - next_free_,
      .lifetime = retired_at_,
  };
}

}  // namespace rdu::engine
