#include "engine/sparse/stepper.hpp"

#include <algorithm>

#include "engine/ring.hpp"

namespace rdu::engine {

namespace {

constexpr std::int64_t kRootTokens = 2;

ChannelSpec root_spec() {
  return {.kind = TokenKind::scalar,
          .capacity = kRootTokens,
          .init = 0,
          .latency = 0,
          .source = -1,
          .sink = -1,
          .stream = true,
          .discard = true,
          .virtual_channel = -1,
          .links = {}};
}

void push(Channel& channel, int code) {
  channel.reserve();
  *channel.put_words() = 0;
  channel.put_code(code);
  channel.stage(0);
  channel.push(0);
}

}  // namespace

Stepper::Stepper(int number, const ContextSpec& spec, Fabric& fabric, std::int64_t limit)
    : Process(number, spec, fabric),
      sparse_(*spec.sparse),
      limit_(limit),
      mask_(ring_size(limit_) - 1),
      retirements_(mask_ + 1) {
  for (int input : sparse_.inputs) {
    if (input == SparseSpec::kConstant) continue;
    if (input == SparseSpec::kRoot) {
      Channel& root = roots_.emplace_back(root_spec(), 1, 1);
      push(root, kValue);
      push(root, kDone);
      sources_.push_back({&root, -1});
    } else {
      sources_.push_back({inputs_[static_cast<std::size_t>(input)].channel, input});
    }
  }
  std::vector<Sink> sinks;
  std::size_t first = 0;
  for (const Output& output : spec.outputs) {
    sinks.push_back({first, first + output.channels.size()});
    first += output.channels.size();
  }
  for (std::size_t i = 0; i < spec.inputs.size(); ++i) {
    if (spec.inputs[i].kind == TokenKind::control) {
      starts_.push_back({inputs_[i].channel, static_cast<int>(i)});
    }
  }
  for (std::size_t i = 0; i < spec.outputs.size(); ++i) {
    if (spec.outputs[i].kind == TokenKind::control) ends_.push_back(sinks[i]);
  }
  if (sparse_.requests) bursts_ = std::make_unique<Bursts>(number, spec, fabric);
  for (int output : sparse_.outputs) {
    sinks_.push_back(output < 0 ? Sink{0, 0} : sinks[static_cast<std::size_t>(output)]);
  }
}

bool Stepper::blocked_on(BlockedContext& blocked) const {
  const bool fed =
      std::ranges::any_of(inputs_, [](const InputPort& input) { return !input.channel->empty(); });
  if (missing_ >= 0 && (fed || !rests_)) {
    const Channel& channel = *inputs_[static_cast<std::size_t>(missing_)].channel;
    blocked = {number_, fabric_.number_of(channel), false};
    return true;
  }
  return !flights_.empty() && held_up(retired_, blocked);
}

bool Stepper::refuse(const char* kind, int position, std::int64_t value, std::int64_t expected,
                     Sources waits) {
  Time time = next_free_;
  for (const Source* source : waits) {
    if (source->port >= 0) time = std::max(time, source->channel->arrival());
  }
  fault_ = Fault{time, number_, kind, position, value, expected};
  return false;
}

// Pushes what has a slot; retires firings in order.
void Stepper::drain() {
  for (const Outlet& outlet : outlets_) {
    Channel& channel = *outlet.channel;
    while (channel.has_staged() && channel.has_slot()) {
      const std::int64_t firing = channel.next_firing();
      Flying& flying = flights_[static_cast<std::size_t>(firing - retired_)];
      if (flying.responses != 0) break;
      if (bursts_ != nullptr) deliver(outlet, firing);
      --flying.pushes;
      if (channel.is_dynamic()) {
        left(flying, outlet, fabric_.send(channel, flying.ready));
      } else {
        left(flying, outlet, channel.push(flying.ready));
        wake_reader(channel);
      }
      record_push(outlet, firing, flying.ready, 0, flying.by_kept);
    }
  }
  while (!flights_.empty() && flights_.front().pushes == 0 && flights_.front().responses == 0) {
    const Flying flying = flights_.front();
    flights_.pop_front();
    retire(flying);
  }
}

void Stepper::mark_blocked_writers() {
  for (const Outlet& outlet : outlets_) {
    if (outlet.channel->has_staged() && !outlet.channel->has_slot()) {
      outlet.channel->writer_waits = true;
    }
  }
}

void Stepper::served(const Request&, Time response) {
  bursts_->served(response, [&](std::int64_t firing, bool kept) {
    Flying& flying = flights_[static_cast<std::size_t>(firing - retired_)];
    flying.answered(response, kept);
    if (--flying.responses == 0) fabric_.agenda.wake(number_);
  });
}

void Stepper::ask(Time time) {
  const bool asks = bursts_->ask(number_in_flight(), time, flying_);
  if (asks && fabric_.recorder != nullptr) fabric_.recorder->asked(number_);
}

void Stepper::deliver(const Outlet& outlet, std::int64_t firing) {
  Channel& channel = *outlet.channel;
  if (!bursts_->loads() || channel.kind() == TokenKind::control) return;
  for (std::size_t role = 0; role < sinks_.size(); ++role) {
    const auto number = static_cast<std::size_t>(outlet.number);
    if (sinks_[role].first <= number && number < sinks_[role].end) {
      const bool is_wide = channel.kind() == TokenKind::vector;
      std::copy_n(bursts_->words(firing) + (is_wide ? 0 : role), is_wide ? sparse_.lanes : 1,
                  channel.next_words());
    }
  }
}

void Stepper::record(Sources pops, Sources examines, Time time, int cause, std::int64_t freed,
                     bool stays) {
  std::vector<int> popped, waits;
  for (const Source& source : starts_) popped.push_back(source.port);
  for (const Source* source : pops) {
    if (source->port >= 0) popped.push_back(source->port);
  }
  waits = popped;
  for (const Source* source : examines) {
    if (source->port >= 0) waits.push_back(source->port);
  }
  std::ranges::sort(waits);
  fabric_.recorder->fired({number_, time, 1, cause, waits, popped, freed, stays});
}

std::int64_t Stepper::givable(std::int64_t most) const {
  if (fabric_.recorder != nullptr || !flights_.empty() || !starts_.empty()) return 0;
  for (std::int64_t i = 0; i < std::min(most, limit_); ++i) {
    if (begun_ + i >= limit_ && retirement(begun_ + i - limit_).time > next_free_ + i) return 0;
  }
  for (const Outlet& outlet : outlets_) {
    if (outlet.channel->kind() == TokenKind::control) continue;
    most = std::min(most, outlet.channel->givable(next_free_ + depth_, most));
  }
  return most;
}

void Stepper::end_burst(std::int64_t count) {
  const Time ready = next_free_ + depth_;
  for (std::int64_t i = std::max<std::int64_t>(0, count - limit_); i < count; ++i) {
    retirement(retired_ + i) = {ready + i, kBusy};
  }
  fired_ += count;
  begun_ += count;
  retired_ += count;
  next_free_ += count;
  retired_at_ = ready + count - 1;
  retired_cause_ = kBusy;
}

}  // namespace rdu::engine
