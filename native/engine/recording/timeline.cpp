#include "engine/recording/timeline.hpp"

#include <algorithm>
#include <bit>

#include "engine/process.hpp"

namespace rdu::engine {

Timelines::Timelines(const SectionSpec& section, std::int64_t buckets) {
  const auto most = static_cast<std::uint64_t>(std::max<std::int64_t>(2, buckets));
  const std::size_t size = std::bit_floor(most);
  for (const ContextSpec& spec : section.contexts) {
    const std::size_t states = kFirstPort + spec.inputs.size() + spec.outputs.size();
    tracks_.push_back({states, std::vector<std::int64_t>(size * states), static_cast<Time>(size)});
  }
}

void Timelines::fired(const Fired& event) {
  Track& track = tracks_[static_cast<std::size_t>(event.context)];
  if (event.start > track.end) {
    const std::size_t state =
        event.cause == Process::kBusy ? kBusy
        : event.cause == Process::kMemory
            ? kMemory
            : kFirstPort + static_cast<std::size_t>(event.cause - Process::kFirstPort);
    track.spend(state, event.start);
  }
  track.spend(kBusy, event.start + 1);
  track.spend(kBank, event.start + event.cost);
}

Timeline Timelines::timeline(const std::vector<ContextAccount>& contexts) {
  Timeline timeline{1, {}};
  for (std::size_t i = 0; i < tracks_.size(); ++i) {
    tracks_[i].spend(kIdle, contexts[i].lifetime);
    timeline.bucket = std::max(timeline.bucket, tracks_[i].bucket);
  }
  for (Track& track : tracks_) {
    while (track.bucket < timeline.bucket) track.coarsen();
    timeline.cycles.push_back(track.used());
  }
  return timeline;
}

void Timelines::Track::spend(std::size_t state, Time until) {
  if (until <= end) return;
  while (until > buckets * bucket) coarsen();
  while (end < until) {
    const Time number = end / bucket;
    const Time next = std::min(until, (number + 1) * bucket);
    cycles[static_cast<std::size_t>(number) * states + state] += next - end;
    end = next;
  }
}

// Adds up neighbouring buckets.
void Timelines::Track::coarsen() {
  const std::size_t half = static_cast<std::size_t>(buckets) / 2;
  for (std::size_t i = 0; i < half; ++i) {
    for (std::size_t state = 0; state < states; ++state) {
      cycles[i * states + state] =
          cycles[2 * i * states + state] + cycles[(2 * i + 1) * states + state];
    }
  }
  std::fill(cycles.begin() + static_cast<std::ptrdiff_t>(half * states), cycles.end(), 0);
  bucket *= 2;
}

// The buckets that have begun.
std::vector<std::int64_t> Timelines::Track::used() const {
  const auto begun = static_cast<std::size_t>((end + bucket - 1) / bucket) * states;
  return {cycles.begin(), cycles.begin() + static_cast<std::ptrdiff_t>(begun)};
}

}  // namespace rdu::engine
