#include "engine/irregular/irregular.hpp"

#include "engine/irregular/merge.hpp"
#include "engine/irregular/streams.hpp"

namespace rdu::engine {

Irregular::Irregular(int number, const ContextSpec& spec, Fabric& fabric)
    : Process(number, spec, fabric),
      registers_(spec, lanes_),
      schedule_(make_schedule()),
      action_(make_action()),
      flight_(limit()),
      staged_(outlets_.size()),
      pushed_(spec.outputs.size(), false) {
  std::size_t first = 0;
  for (const Output& output : spec.outputs) {
    outlets_of_.emplace_back(first, first + output.channels.size());
    first += output.channels.size();
  }
}

Irregular::~Irregular() = default;

std::unique_ptr<Schedule> Irregular::make_schedule() {
  Heads heads;
  for (const InputPort& input : inputs_) heads.push_back(input.channel);
  if (spec_.kind == ContextKind::merge) {
    auto merge = std::make_unique<Merge>(spec_, lanes_, std::move(heads));
    merge_ = merge.get();
    return merge;
  }
  if (spec_.choice) return make_primitive(spec_, lanes_, std::move(heads));
  const bool reads_stream = std::ranges::count(spec_.levels, true, &Level::until) != 0;
  std::unique_ptr<Loops> loops;
  if (reads_stream) {
    loops = std::make_unique<StreamLoops>(spec_, registers_, std::move(heads));
  } else {
    loops = std::make_unique<Loops>(spec_, registers_, std::move(heads));
  }
  nest_ = &loops->nest();
  return loops;
}

std::unique_ptr<Action> Irregular::make_action() {
  if (nest_ == nullptr) return nullptr;
  if (spec_.array) return make_array(spec_, *nest_, registers_);
  if (!spec_.access) return make_computation(spec_, *nest_, registers_);
  if (uses_tier(spec_)) return make_gather(number_, spec_, *nest_, registers_, fabric_);
  return make_access(spec_, *nest_, registers_, fabric_);
}

// What may be in flight: firings, an AG's bursts, or an array's tiles.
std::int64_t Irregular::limit() const {
  if (spec_.array) return spec_.array->tiles;
  return uses_tier(spec_) ? fabric_.spec.outstanding : spec_.depth;
}

std::int64_t Irregular::advance(std::int64_t budget, Turn turn) {
  const std::int64_t before = fired_;
  const std::int64_t end = fired_ + budget;
  drain();
  const bool waits = gives_way(turn);
  while (!waits && fired_ < end && in_time() && fire()) drain();
  for (std::size_t i = 0; i < outlets_.size(); ++i) {
    if (!staged_[i].empty() && !outlets_[i].channel->has_slot()) {
      outlets_[i].channel->writer_waits = true;
    }
  }
  if (waits) fabric_.agenda.wake_ahead(number_);
  if (fired_ >= end && in_time()) fabric_.agenda.wake(number_);
  return fired_ - before;
}

void Irregular::served(const Request& request, Time response) {
  action_->served(request);
  Firing& firing = flight_[request.firing];
  firing.ready = std::max(firing.ready, response);
  if (--firing.responses == 0) fabric_.agenda.wake(number_);
}

Time Irregular::horizon() const {
  return merge_ == nullptr || !in_time() ? kNever : merge_->horizon();
}

void Irregular::choose(Time horizon) {
  if (merge_ != nullptr && merge_->choose(horizon)) fabric_.agenda.wake(number_);
}

bool Irregular::blocked_on(BlockedContext& blocked) const {
  const bool fed =
      std::ranges::any_of(inputs_, [](const InputPort& input) { return !input.channel->empty(); });
  if (!knows_move_ && (fed || !schedule_->rests()) && !schedule_->missing().empty()) {
    const auto input = static_cast<std::size_t>(schedule_->missing().front());
    blocked = {number_, fabric_.number_of(*inputs_[input].channel), false};
    return true;
  }
  return !flight_.empty() && held_up(flight_.front().number, blocked);
}

// Starts the next firing if all that decides its start is known.
bool Irregular::fire() {
  if (!find_move() || !flight_.has_room(weight_)) return false;
  const auto [time, cause, freed] = start();
  for (int input : move_.pops) {
    Channel& channel = *inputs_[static_cast<std::size_t>(input)].channel;
    channel.keep_pops(1);
    channel.pop(time);
    wake_writer(channel);
  }
  Firing firing{flight_.next(), time + depth_, 0, weight_, 0, 0, 0, 0};
  const Time cost = move_.acts ? action_->act(firing, time) : 1;
  ++fired_;
  bank_ += cost - 1;
  next_free_ = time + cost;
  firing.free = std::max(firing.free, next_free_);
  const bool stays = !move_.acts || action_->stays();
  if (fabric_.recorder != nullptr) {
    fabric_.recorder->fired({number_, time, cost, cause, move_.waits, move_.pops, freed, stays});
  }
  push(firing);
  if (stays) flight_.add(firing);
  schedule_->fired(move_, late_);
  knows_move_ = false;
  return true;
}

bool Irregular::find_move() {
  if (knows_move_) return true;
  if (fault_) return false;
  bool is_known = false;
  try {
    is_known = schedule_->next(move_);
    if (is_known) {
      move_.settle();
      // A firing without an action weighs one, but an AG's requests nothing.
      weight_ = move_.acts ? action_->prepare() : uses_tier(spec_) ? 0 : 1;
    }
  } catch (const Refusal& refusal) {
    Time time = next_free_;
    for (int input : is_known ? move_.waits : refusal.waits) {
      time = std::max(time, inputs_[static_cast<std::size_t>(input)].channel->arrival());
    }
    fault_ = Fault{time, number_, refusal.kind, refusal.position, refusal.value, refusal.expected};
    return false;
  }
  if (!is_known) {
    for (int input : schedule_->missing()) {
      inputs_[static_cast<std::size_t>(input)].channel->reader_waits = true;
    }
  }
  knows_move_ = is_known;
  return is_known;
}

// The first latest of the terms of this firing's start, to which the wait is booked.
Irregular::Start Irregular::start() {
  Time time = next_free_;
  int cause = kBusy;
  std::int64_t retirements = 0;
  for (int input : move_.waits) {
    const Time arrival = inputs_[static_cast<std::size_t>(input)].channel->arrival();
    if (arrival <= time) continue;
    time = arrival;
    cause = kFirstPort + input;
  }
  flight_.take_room(weight_, [&](const Retirement& freed) {
    ++retirements;
    if (freed.time <= time) return;
    time = freed.time;
    cause = freed.cause;
  });
  waits_[static_cast<std::size_t>(cause)] += time - next_free_;
  return {time, cause, retirements};
}

// Stages what the outputs push; keeps the stops of those that push a value as well.
void Irregular::push(Firing& firing) {
  late_.clear();
  std::fill(pushed_.begin(), pushed_.end(), false);
  const auto acts = [&](const Output& output) {
    return nest_->last() <= output.level && output.level <= nest_->depth();
  };
  if (move_.acts && std::ranges::any_of(spec_.outputs, acts)) {
    for (int vector = 0; vector < action_->vectors(); ++vector) {
      action_->make(vector);
      for (std::size_t i = 0; i < spec_.outputs.size(); ++i) {
        const Output& output = spec_.outputs[i];
        if (!acts(output) || !registers_.holds(output.when, *nest_)) continue;
        const auto number = static_cast<int>(i);
        const bool is_late = action_->is_late(number);
        push(firing, number, kValue, is_late ? Token{} : action_->token(number), vector, is_late);
        pushed_[i] = true;
      }
    }
  }
  for (const Gift& gift : move_.gives) {
    if (gift.code != kValue && pushed_[static_cast<std::size_t>(gift.output)]) {
      late_.push_back({gift.output, gift.code});
    } else {
      push(firing, gift.output, gift.code, gift.token, 0, false);
    }
  }
}

namespace {

void copy(const Token& token, TokenKind kind, int lanes, Word* words) {
  if (kind == TokenKind::scalar) {
    *words = token.words[token.is_scalar ? 0 : scalar_lane(token.mask)];
  } else if (token.is_scalar) {
    std::fill_n(words, lanes, *token.words);
  } else {
    std::copy_n(token.words, lanes, words);
  }
}

}  // namespace

// Stages a token for every consumer of an output.
void Irregular::push(Firing& firing, int output, int code, const Token& token, int delay,
                     bool is_late) {
  const auto [first, end] = outlets_of_[static_cast<std::size_t>(output)];
  for (std::size_t i = first; i < end; ++i) {
    Channel& channel = *outlets_[i].channel;
    channel.reserve();
    if (code == kValue && channel.kind() != TokenKind::control && token.words != nullptr) {
      copy(token, channel.kind(), lanes_, channel.put_words());
      if (channel.kind() == TokenKind::vector) {
        channel.put_mask(0, token.is_scalar ? all_lanes_ : token.mask);
      }
    }
    channel.put_code(code);
    channel.stage(firing.number);
    staged_[i].push_back({firing.number, delay, is_late});
    ++firing.pushes;
  }
}

// Pushes what is ready and has a slot; retires firings in order.
void Irregular::drain() {
  if (flight_.empty()) return;
  for (const Outlet& outlet : outlets_) {
    Channel& channel = *outlet.channel;
    std::deque<Staged>& staged = staged_[static_cast<std::size_t>(outlet.number)];
    while (!staged.empty() && channel.has_slot()) {
      const Staged next = staged.front();
      Firing& firing = flight_[next.firing];
      if (firing.responses != 0) break;
      staged.pop_front();
      if (next.is_late) {
        const Token token = action_->late_token(firing);
        copy(token, channel.kind(), lanes_, channel.next_words());
        if (channel.kind() == TokenKind::vector) channel.set_next_mask(token.mask);
      }
      const Time ready = firing.ready + next.delay;
      if (!channel.is_dynamic()) {
        firing.pushed(channel.push(ready), outlet.number);
        wake_reader(channel);
      } else {
        firing.pushed(fabric_.send(channel, ready), outlet.number);
      }
      record_push(outlet, next.firing, firing.ready, next.delay);
    }
  }
  while (!flight_.empty() && flight_.front().responses == 0 && flight_.front().pushes == 0) {
    retire();
  }
}

// Retires the next firing: remembers the first term that decided when.
void Irregular::retire() {
  const Firing& firing = flight_.front();
  const int cause = uses_tier(spec_) ? kMemory : kBusy;
  const Retirement own = retire_next(std::max(firing.ready, firing.free), cause, firing.left,
                                     firing.outlet, firing.weight);
  if (action_ != nullptr) action_->retired(firing);
  const Time ready = firing.ready, free = firing.free;
  const bool joined = flight_.retire(own);
  if (fabric_.recorder != nullptr) fabric_.recorder->retired({number_, ready, free, joined});
}

}  // namespace rdu::engine
