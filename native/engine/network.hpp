// The dynamic network in time: packets queue for the links of their routes and take turns.
//
// A link takes a packet a cycle. Packets wait for it in FIFO queues, one for each virtual channel;
// behind a link, a queue has so many places, which bound what the links before it may send.
#pragma once

#include <deque>
#include <map>
#include <vector>

#include "engine/outcome.hpp"
#include "engine/tier.hpp"

namespace rdu::engine {

class Network {
 public:
  Network(const NetworkSpec& spec, const std::vector<ChannelSpec>& channels);

  // Sends a packet that leaves its producer at a time, over one link at least: it is in its first
  // router a cycle on. Calls come in any order, as long as that cycle has not been served yet.
  void inject(int channel, Time time);

  // The first time at which a packet can be delivered.
  Time horizon() const {
    return events_.empty() ? kNever : events_.front().time + spec_.hop_latency;
  }
  // Does all that is due before a horizon, which no event that is still unknown precedes, calling
  // `deliver(channel, arrival)` for each packet at its end.
  template <class Deliver>
  void serve(Time horizon, Deliver&& deliver) {
    while (!events_.empty() && events_.front().time < horizon) {
      if (const Time arrival = act(take()); arrival >= 0) deliver(delivered_, arrival);
    }
  }

  const std::vector<LinkTraffic>& traffic() const { return traffic_; }

 private:
  // What happens in a cycle, in this order.
  enum class Phase : std::uint8_t { release, arrive, take };

  // What links take is tried oldest packet first, over the whole network.
  struct Event {
    Time time;
    Phase phase;
    Time arrival;
    int virtual_channel;
    int channel;
    int link;
  };

  // The packets that wait for a link on one virtual channel. If any is there, the first one has its
  // turn to be taken among the events, or its queue is in the `blocked` of the queue ahead.
  struct Queue {
    struct Packet {
      Time arrival;
      int channel;
    };
    int virtual_channel;
    int link;
    std::deque<Packet> packets;
    int places_taken = 0;  // by packets from a link; what enters the network here takes none
    std::vector<Queue*> blocked;
  };

  struct Hop {
    Queue* queue;
    Queue* ahead;  // null at the end of the route
  };

  static bool later(const Event& a, const Event& b);
  Event take();
  // Returns the arrival of `delivered_` if the event delivers it, else -1.
  Time act(const Event& event);
  void release(const Event& event, Queue& queue);
  void arrive(const Event& event, Queue& queue);
  Time move(const Event& event, Queue& queue, Queue* ahead);
  void try_first(Time time, const Queue& queue);
  void plan(const Event& event);

  NetworkSpec spec_;
  std::map<std::pair<int, int>, Queue> queues_;  // by virtual channel and link
  std::vector<std::map<int, Hop>> hops_;         // by channel and link
  std::vector<int> first_links_;                 // by channel
  std::vector<Time> last_taken_;                 // by link
  std::vector<LinkTraffic> traffic_;             // by link
  std::vector<Event> events_;                    // heap, earliest in front
  int delivered_ = -1;
};

}  // namespace rdu::engine
