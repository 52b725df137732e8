#include "engine/fabric.hpp"

#include <new>

namespace rdu::engine {

Scratchpad::Scratchpad(const MemorySpec& spec) {
  const auto count = static_cast<std::size_t>(spec.buffers * spec.words);
  words_.reset(static_cast<Word*>(std::calloc(std::max<std::size_t>(count, 1), sizeof(Word))));
  if (words_ == nullptr) throw std::bad_alloc();
}

Fabric::Fabric(const SectionSpec& section, const Record& record)
    : spec(section),
      tiers(section.tiers.begin(), section.tiers.end()),
      network(section.network, section.channels),
      agenda(section.contexts.size()),
      recorder(record.critical_path || record.buckets > 0
                   ? std::make_unique<Recorder>(section, record)
                   : nullptr) {
  channels.reserve(section.channels.size());
  for (const ChannelSpec& channel : section.channels) {
    const ContextSpec& source = section.contexts[static_cast<std::size_t>(channel.source)];
    const std::int64_t in_flight = uses_tier(source) ? section.outstanding : source.depth;
    channels.emplace_back(channel, section.lanes, in_flight);
  }
  for (const MemorySpec& memory : section.memories) memories.emplace_back(memory);
}

Time Fabric::send(Channel& channel, Time ready) {
  const Time time = channel.send(ready);
  const int number = number_of(channel);
  if (spec.channels[static_cast<std::size_t>(number)].links.empty()) {
    arrive(number, time + 1);
  } else {
    network.inject(number, time);
  }
  return time;
}

}  // namespace rdu::engine
