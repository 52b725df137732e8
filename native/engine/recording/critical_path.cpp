#include "engine/recording/critical_path.hpp"

#include <algorithm>

namespace rdu::engine {

namespace {

constexpr int kPartsOfContext = 3;
constexpr int kPartsOfChannel = 4;
constexpr int kPartsOfTier = 2;

int count(const auto& entities) { return static_cast<int>(entities.size()); }

int first_tier_slot(const SectionSpec& section) {
  return kPartsOfContext * count(section.contexts) + kPartsOfChannel * count(section.channels);
}

}  // namespace

CriticalPath::CriticalPath(const SectionSpec& section)
    : rows_(first_tier_slot(section) + kPartsOfTier * count(section.tiers)) {
  const Moment start(rows_);
  int slot = 0;
  contexts_.reserve(section.contexts.size());
  for (const ContextSpec& spec : section.contexts) {
    Context& context = contexts_.emplace_back();
    context.work = slot++;
    context.bank = slot++;
    context.pipeline = slot++;
    context.uses_tier = uses_tier(spec);
    context.is_array = spec.array.has_value();
    context.depth = spec.depth;
    if (context.uses_tier) {
      const int target = spec.sparse ? spec.sparse->tensors.front() : spec.access->target;
      const int tier = section.tensors[static_cast<std::size_t>(target)].tier;
      context.tier_latency = first_tier_slot(section) + kPartsOfTier * tier;
      context.transfer = context.tier_latency + 1;
      context.tier_cycles = section.tiers[static_cast<std::size_t>(tier)].latency;
    }
    for (const Input& input : spec.inputs) context.inputs.push_back(input.channel);
    context.free = context.last = start;
  }
  channels_.reserve(section.channels.size());
  for (const ChannelSpec& spec : section.channels) {
    Channel& channel = channels_.emplace_back();
    channel.latency = slot++;
    channel.rate = slot++;
    channel.slot = slot++;
    channel.contention = slot++;
    channel.least = spec.latency;
    channel.is_bounded = spec.capacity >= 0;
    channel.is_dynamic = spec.virtual_channel >= 0;
    channel.start = start;
    channel.given = spec.init;
    channel.unused = std::max<std::int64_t>(0, spec.capacity - spec.init);
  }
}

Moment CriticalPath::Context::worked(const Flying& firing) const {
  return firing.start.later(1, work).later(firing.cost - 1, bank);
}

const Moment& CriticalPath::Context::ready(Flying& firing, Time time, bool by_kept) const {
  if (firing.ready) return *firing.ready;
  const Moment& start = by_kept ? *firing.kept : firing.start;
  if (!uses_tier || (!by_kept && time == start.time() + depth)) {
    firing.ready = start.later(depth, pipeline);
  } else {
    const Time transferred = time - start.time() - tier_cycles;
    firing.ready = start.later(transferred, transfer).later(tier_cycles, tier_latency);
  }
  return *firing.ready;
}

void CriticalPath::Channel::pop(const Moment& time) {
  if (given > 0) {
    --given;
  } else {
    arrivals.pop();
  }
  if (is_bounded) pops.push(time);
}

const Moment& CriticalPath::Channel::push(const Moment& ready) {
  Moment time = ready;
  if (last_push && last_push->time() + 1 > time.time()) time = last_push->later(1, rate);
  if (unused > 0) {
    --unused;
  } else if (is_bounded) {
    const Moment pop = pops.pop();
    if (pop.time() + 1 > time.time()) time = pop.later(1, slot);
  }
  if (is_dynamic) {
    travelling.push(time);
    land();
  } else {
    arrivals.push(time.later(least, latency));
  }
  last_push = std::move(time);
  return *last_push;
}

// Lets tokens arrive of which push and delivery are known.
void CriticalPath::Channel::land() {
  while (!travelling.empty() && !deliveries.empty()) {
    const Moment soonest = travelling.pop().later(least, latency);
    arrivals.push(soonest.later(deliveries.pop() - soonest.time(), contention));
  }
}

void CriticalPath::fired(const Fired& event) {
  Context& context = this->context(event.context);
  Moment start = context.free;
  for (int input : event.waits) {
    const Moment& arrival = channel(context.inputs[static_cast<std::size_t>(input)]).head();
    if (arrival.time() > start.time()) start = arrival;
  }
  for (std::int64_t i = 0; i < event.freed; ++i) {
    Moment freed = context.retirements.pop();
    if (freed.time() > start.time()) start = std::move(freed);
  }
  for (int input : event.pops) {
    channel(context.inputs[static_cast<std::size_t>(input)]).pop(start);
  }
  Flying flying{std::move(start), event.cost, {}, {}, 0, context.kept};
  context.free = context.worked(flying);
  if (event.stays) context.flying.push(std::move(flying));
}

void CriticalPath::asked(int number) {
  Context& context = this->context(number);
  context.kept = context.flying.back().start;
}

void CriticalPath::pushed(const Pushed& event) {
  Context& context = this->context(event.context);
  Flying& firing = context.firing(event.firing);
  const Moment& ready = context.ready(firing, event.ready, event.by_kept);
  const Moment& left =
      event.delay == 0 ? channel(event.channel).push(ready)
                       : channel(event.channel).push(ready.later(event.delay, context.pipeline));
  const bool decides = !firing.left || left.time() > firing.left->time() ||
                       (left.time() == firing.left->time() && event.outlet < firing.outlet);
  if (!decides) return;
  firing.left = left;
  firing.outlet = event.outlet;
}

void CriticalPath::arrived(int number, Time time) {
  channel(number).deliveries.push(time);
  channel(number).land();
}

void CriticalPath::retired(const Retired& event) {
  Context& context = this->context(event.context);
  Flying firing = context.flying.pop();
  ++context.retired;
  Moment best = context.ready(firing, event.ready, event.by_kept);
  if (event.free > best.time()) {
    best = context.is_array ? best.later(event.free - best.time(), context.pipeline)
                            : context.worked(firing);
  }
  if (firing.left && firing.left->time() > best.time()) best = *firing.left;
  if (context.last.time() > best.time()) best = context.last;
  context.last = best;
  if (!event.joined) {
    context.retirements.push(std::move(best));
  } else if (best.time() > context.retirements.back().time()) {
    context.retirements.back() = std::move(best);
  }
}

std::vector<std::int64_t> CriticalPath::cycles() {
  const auto before = [](const Context& a, const Context& b) {
    return a.last.time() < b.last.time();
  };
  const auto last = std::max_element(contexts_.begin(), contexts_.end(), before);
  return last == contexts_.end() ? Moment(rows_).path() : last->last.path();
}

}  // namespace rdu::engine
