#include "engine/sparse/bursts.hpp"

#include <algorithm>

#include "engine/ring.hpp"

namespace rdu::engine {

namespace {

// A response that has not come.
constexpr Time kPending = -1;

const TensorSpec& first_tensor(const ContextSpec& spec, const Fabric& fabric) {
  return fabric.tensor(spec.sparse->tensors.front());
}

}  // namespace

Bursts::Bursts(int number, const ContextSpec& spec, Fabric& fabric)
    : number_(number),
      loads_(!stores_words(spec.kind)),
      tier_(fabric.tier_of(first_tensor(spec, fabric))),
      limit_(fabric.spec.outstanding),
      most_(static_cast<std::size_t>(std::max(2, spec.sparse->lanes))) {
  for (int tensor : spec.sparse->tensors) {
    const TensorSpec& known = fabric.tensor(tensor);
    parts_.push_back({&known, Elements(known), {}});
  }
  const std::int64_t bytes = first_tensor(spec, fabric).element_bytes * spec.sparse->lanes;
  places_ = limit_ * std::max<std::int64_t>(1, tier_.burst_bytes() / bytes);
  mask_ = ring_size(places_ + 1) - 1;
  words_.resize((mask_ + 1) * most_);
}

void Bursts::begin() {
  uses_.clear();
  asked_.clear();
  puts_.clear();
  stores_ = 0;
  flushes_ = false;
  for (Part& part : parts_) part.next = part.burst;
}

void Bursts::load(std::int64_t element, std::size_t count) {
  const std::int64_t kept = requests_.empty() ? -1 : requests_.back().burst;
  for (std::size_t i = 0; i < count; ++i, ++element) {
    const std::int64_t burst = burst_of(parts_[0], element);
    uses_.push_back({element, burst});
    if (burst != kept && std::ranges::count(asked_, burst) == 0) asked_.push_back(burst);
  }
}

void Bursts::store(std::size_t part, std::int64_t element, Word word) {
  Part& target = parts_[part];
  const std::int64_t burst = burst_of(target, element);
  stores_ += target.next >= 0 && target.next != burst;
  target.next = burst;
  puts_.push_back({part, element, word});
}

void Bursts::flush() {
  flushes_ = true;
  for (const Part& part : parts_) stores_ += part.burst >= 0;
}

bool Bursts::ask(std::int64_t firing, Time time, Flying& flying) {
  const int own = weight();
  weights_.push_back(own);
  std::fill_n(words_.begin() + static_cast<std::ptrdiff_t>(place_of(firing)), most_, 0);
  for (std::int64_t burst : asked_) request(firing, time, burst, 0);
  for (std::size_t number = 0; number < uses_.size(); ++number) {
    const Use& use = uses_[number];
    const auto is_its = [&](const Request& known) { return known.burst == use.burst; };
    Request& known = *std::find_if(requests_.rbegin(), requests_.rend(), is_its);
    const Waiter waiter{firing, number, use.element};
    if (known.response == kPending) {
      known.waiters.push_back(waiter);
      ++flying.responses;
    } else {
      give(known, waiter);
      flying.answered(known.response, true);
    }
  }
  for (const Put& put : puts_) {
    const Part& target = parts_[put.part];
    if (target.burst >= 0 && target.burst != burst_of(target, put.element)) {
      ask_for(put.part, firing, time, flying);
    }
    gather(put.part, put.element, put.word);
  }
  for (std::size_t part = 0; flushes_ && part < parts_.size(); ++part) {
    if (parts_[part].burst >= 0) ask_for(part, firing, time, flying);
  }
  begin();
  return own > 0;
}

void Bursts::ask_for(std::size_t part, std::int64_t firing, Time time, Flying& flying) {
  Part& source = parts_[part];
  Request& asked = request(firing, time, source.burst, part);
  asked.stored.swap(source.gathered);
  asked.waiters.push_back({firing, 0, 0});
  source.burst = -1;
  ++flying.responses;
}

std::int64_t Bursts::burst_of(const Part& part, std::int64_t element) const {
  return (part.tensor->address + part.tensor->element_bytes * element) / tier_.burst_bytes();
}

std::int64_t Bursts::first_of(const Part& part, std::int64_t burst) const {
  const std::int64_t byte = burst * tier_.burst_bytes() - part.tensor->address;
  const std::int64_t size = part.tensor->element_bytes;
  return byte <= 0 ? 0 : std::min(part.tensor->elements, (byte + size - 1) / size);
}

Bursts::Request& Bursts::request(std::int64_t firing, Time time, std::int64_t burst,
                                 std::size_t part) {
  tier_.request({time, 0, burst, firing, 0, number_}, loads_);
  return requests_.emplace_back(Request{burst, firing, part, kPending, 0, {}, {}, {}});
}

void Bursts::move(Request& request) {
  const Part& part = parts_[request.part];
  for (const auto& [element, word] : request.stored) part.elements.set(element, word);
  if (!loads_) return;
  request.first = first_of(part, request.burst);
  const std::int64_t end = first_of(part, request.burst + 1);
  for (std::int64_t i = request.first; i < end; ++i) request.words.push_back(part.elements.get(i));
}

}  // namespace rdu::engine
