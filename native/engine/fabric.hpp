// What processes share: channels, memories, tiers, the network, and who gets a turn next.
#pragma once

#include <cstdlib>
#include <memory>
#include <vector>

#include "engine/agenda.hpp"
#include "engine/channel.hpp"
#include "engine/network.hpp"
#include "engine/recording/recorder.hpp"
#include "engine/specification.hpp"
#include "engine/tier.hpp"

namespace rdu::engine {

// A scratchpad's words, zero at first. Pages that nothing touches take no memory.
class Scratchpad {
 public:
  explicit Scratchpad(const MemorySpec& spec);
  Word* words() const { return words_.get(); }

 private:
  struct Free {
    void operator()(Word* words) const { std::free(words); }
  };
  std::unique_ptr<Word, Free> words_;
};

struct Fabric {
  Fabric(const SectionSpec& section, const Record& record);

  void wake_reader(Channel& channel) {
    if (!channel.reader_waits) return;
    channel.reader_waits = false;
    agenda.wake(channel.sink());
  }
  void wake_writer(Channel& channel) {
    if (!channel.writer_waits) return;
    channel.writer_waits = false;
    agenda.wake(channel.source());
  }

  // Pushes the next staged token of a channel of the dynamic network; returns when it leaves.
  Time send(Channel& channel, Time ready);
  void arrive(int channel, Time time) {
    if (recorder != nullptr) recorder->arrived(channel, time);
    channels[static_cast<std::size_t>(channel)].arrive(time);
    wake_reader(channels[static_cast<std::size_t>(channel)]);
  }

  int number_of(const Channel& channel) const {
    return static_cast<int>(&channel - channels.data());
  }
  const TensorSpec& tensor(int number) const {
    return spec.tensors[static_cast<std::size_t>(number)];
  }
  Tier& tier_of(const TensorSpec& tensor) { return tiers[static_cast<std::size_t>(tensor.tier)]; }

  const SectionSpec& spec;
  std::vector<Channel> channels;
  std::vector<Scratchpad> memories;
  std::vector<Tier> tiers;
  Network network;
  Agenda agenda;
  const std::unique_ptr<Recorder> recorder;  // null if nothing is recorded
};

}  // namespace rdu::engine
