#include "engine/network.hpp"

#include <algorithm>
#include <tuple>

namespace rdu::engine {

Network::Network(const NetworkSpec& spec, const std::vector<ChannelSpec>& channels)
    : spec_(spec),
      hops_(channels.size()),
      first_links_(channels.size(), -1),
      last_taken_(static_cast<std::size_t>(spec.links), -1),
      traffic_(static_cast<std::size_t>(spec.links)) {
  for (std::size_t number = 0; number < channels.size(); ++number) {
    const ChannelSpec& channel = channels[number];
    Queue* ahead = nullptr;
    for (std::size_t i = channel.links.size(); i-- > 0;) {
      const int link = channel.links[i];
      Queue& queue = queues_[{channel.virtual_channel, link}];
      queue.virtual_channel = channel.virtual_channel;
      queue.link = link;
      hops_[number][link] = {&queue, ahead};
      first_links_[number] = link;
      ahead = &queue;
    }
  }
}

bool Network::later(const Event& a, const Event& b) {
  return std::tie(a.time, a.phase, a.arrival, a.virtual_channel, a.channel, a.link) >
         std::tie(b.time, b.phase, b.arrival, b.virtual_channel, b.channel, b.link);
}

void Network::plan(const Event& event) {
  events_.push_back(event);
  std::push_heap(events_.begin(), events_.end(), later);
}

Network::Event Network::take() {
  std::pop_heap(events_.begin(), events_.end(), later);
  const Event event = events_.back();
  events_.pop_back();
  return event;
}

void Network::inject(int channel, Time time) {
  const int link = first_links_[static_cast<std::size_t>(channel)];
  const Queue& queue = *hops_[static_cast<std::size_t>(channel)][link].queue;
  plan({time + 1, Phase::arrive, time + 1, queue.virtual_channel, channel, link});
}

Time Network::act(const Event& event) {
  const Hop& hop = hops_[static_cast<std::size_t>(event.channel)][event.link];
  switch (event.phase) {
    case Phase::release:
      release(event, *hop.queue);
      return -1;
    case Phase::arrive:
      arrive(event, *hop.queue);
      return -1;
    case Phase::take:
      return move(event, *hop.queue, hop.ahead);
  }
  return -1;
}

// Frees a place of a queue: whoever waited for it tries now.
void Network::release(const Event& event, Queue& queue) {
  --queue.places_taken;
  for (const Queue* waiting : queue.blocked) try_first(event.time, *waiting);
  queue.blocked.clear();
}

void Network::arrive(const Event& event, Queue& queue) {
  queue.packets.push_back({event.time, event.channel});
  if (queue.packets.size() == 1) try_first(event.time, queue);
}

// Lets a link take the first packet of a queue, if it took none yet and a place is free.
Time Network::move(const Event& event, Queue& queue, Queue* ahead) {
  if (ahead != nullptr && ahead->places_taken == spec_.buffers) {
    ahead->blocked.push_back(&queue);
    return -1;
  }
  const auto link = static_cast<std::size_t>(event.link);
  if (last_taken_[link] == event.time) {
    try_first(event.time + 1, queue);
    return -1;
  }
  last_taken_[link] = event.time;
  ++traffic_[link].packets;
  traffic_[link].waited += event.time - event.arrival;
  queue.packets.pop_front();
  if (!queue.packets.empty()) try_first(event.time + 1, queue);
  if (event.link != first_links_[static_cast<std::size_t>(event.channel)]) {
    const Time free = event.time + 1;
    plan({free, Phase::release, free, event.virtual_channel, event.channel, event.link});
  }
  const Time arrival = event.time + spec_.hop_latency;
  if (ahead == nullptr) {
    delivered_ = event.channel;
    return arrival;
  }
  ++ahead->places_taken;
  plan({arrival, Phase::arrive, arrival, event.virtual_channel, event.channel, ahead->link});
  return -1;
}

// Has a link try at a time to take the first packet of a queue.
void Network::try_first(Time time, const Queue& queue) {
  const Queue::Packet& first = queue.packets.front();
  plan({time, Phase::take, first.arrival, queue.virtual_channel, first.channel, queue.link});
}

}  // namespace rdu::engine
