// AG contexts: loads and stores, whose firings wait for the responses of a memory tier.
//
// A firing asks for each distinct burst that its live lanes touch, in order of first lane. Lane
// addresses are equally spaced, so the lanes of a burst are neighbours.
#include <array>

#include "engine/actions.hpp"
#include "engine/address.hpp"
#include "engine/elements.hpp"
#include "engine/lanes.hpp"
#include "engine/regular.hpp"
#include "engine/ring.hpp"

namespace rdu::engine {

namespace {

class Transfer final : public Regular {
 public:
  Transfer(int number, const ContextSpec& spec, Fabric& fabric)
      : Regular(number, spec, fabric),
        loads_(spec.kind == ContextKind::load),
        tensor_(fabric.tensor(spec.access->target)),
        elements_(tensor_),
        tier_(fabric.tier_of(tensor_)),
        address_(spec, tensor_.elements),
        held_(width(), 0),
        held_mask_(all_lanes_),
        words_((mask_ + 1) * width(), 0),
        lives_(mask_ + 1),
        bases_(mask_ + 1) {
    if (loads_) return;
    data_ = &inputs_[static_cast<std::size_t>(spec.access->port)];
    data_level_ = spec.inputs[static_cast<std::size_t>(spec.access->port)].level;
  }

  std::int64_t advance(std::int64_t budget, Turn turn) override {
    return take_turn(*this, budget, turn);
  }

  void served(const Request& request, Time response) override {
    Flight& flying = flight(request.firing);
    const std::int64_t base = bases_[slot(request.firing)];
    Word* words = words_of(request.firing);
    for (Mask left = request.lanes; left != 0; left &= left - 1) {
      const int lane = std::countr_zero(left);
      const std::int64_t element = base + lane * address_.lane_stride();
      if (loads_) {
        words[lane] = elements_.get(element);
      } else {
        elements_.set(element, words[lane]);
      }
    }
    flying.ready = std::max(flying.ready, response);
    if (--flying.responses == 0) fabric_.agenda.wake(number_);
  }

 private:
  friend Regular;

  struct Run {
    std::int64_t burst;
    Mask lanes;
  };

  void fire_burst(std::int64_t) {}

  // Its tokens wait for responses: it always fires ahead of their slots.
  bool fire(Turn) {
    const int first = chain_.first();
    const auto& popped = inputs_at_[static_cast<std::size_t>(first)];
    if (starved(popped)) return false;
    const Mask mask = live_lanes(first);
    const int weight = find_runs(mask);
    if (retired_ != fired_ && limit_ - in_flight_ + retired_weight_ < weight) return false;
    Time time = next_free_;
    int cause = kBusy;
    for (const InputPort& input : popped) {
      const Time arrival = input.channel->arrival();
      if (arrival <= time) continue;
      time = arrival;
      cause = kFirstPort + input.number;
    }
    const std::int64_t consumed = consumed_;
    while (in_flight_ + weight > limit_ && consumed_ != retired_) {
      const Retirement& freed = retirement(consumed_++);
      in_flight_ -= freed.weight;
      retired_weight_ -= freed.weight;
      if (freed.time <= time) continue;
      time = freed.time;
      cause = freed.cause;
    }
    waits_[static_cast<std::size_t>(cause)] += time - next_free_;
    for (const InputPort& input : popped) {
      take(input);
      input.channel->keep_pops(1);
      input.channel->pop(time);
      wake_writer(*input.channel);
    }
    if (fabric_.recorder != nullptr) record_firing(popped, time, 1, cause, consumed_ - consumed);
    request(time, mask, weight);
    next_free_ = time + 1;
    const int last = chain_.last();
    emit(time + depth_, weight, last);
    address_.step(last);
    chain_.step(last);
    return true;
  }

  // Lanes that this firing touches; the data of a store may mask more than its chain.
  Mask live_lanes(int first) const {
    if (data_ == nullptr) return chain_.mask();
    const Channel& channel = *data_->channel;
    const bool pops = data_level_ >= first && channel.kind() == TokenKind::vector;
    return chain_.mask() & (pops ? channel.head_mask() : held_mask_);
  }

  // Finds the bursts of the live lanes; returns how many there are.
  int find_runs(Mask mask) {
    const std::int64_t burst_bytes = tier_.burst_bytes();
    int count = 0;
    for (; mask != 0; mask &= mask - 1) {
      const int lane = std::countr_zero(mask);
      const std::int64_t element = address_.base() + lane * address_.lane_stride();
      const std::int64_t burst = (tensor_.address + tensor_.element_bytes * element) / burst_bytes;
      const Mask bit = Mask{1} << lane;
      if (count != 0 && runs_[static_cast<std::size_t>(count - 1)].burst == burst) {
        runs_[static_cast<std::size_t>(count - 1)].lanes |= bit;
      } else {
        runs_[static_cast<std::size_t>(count++)] = {burst, bit};
      }
    }
    return count;
  }

  void take(const InputPort& input) {
    if (data_ == nullptr || input.number != data_->number) return;
    const Channel& channel = *input.channel;
    if (channel.kind() == TokenKind::vector) {
      std::copy_n(channel.head_words(), lanes_, held_.data());
      held_mask_ = channel.head_mask();
    } else {
      std::fill(held_.begin(), held_.end(), *channel.head_words());
    }
  }

  void request(Time time, Mask mask, int weight) {
    if (fired_ - consumed_ > static_cast<std::int64_t>(mask_)) grow();
    bases_[slot(fired_)] = address_.base();
    lives_[slot(fired_)] = mask;
    if (loads_) {
      std::fill_n(words_of(fired_), lanes_, 0);
    } else {
      std::copy_n(held_.data(), lanes_, words_of(fired_));
    }
    for (int i = 0; i < weight; ++i) {
      const Run& run = runs_[static_cast<std::size_t>(i)];
      tier_.request({time, 0, run.burst, fired_, run.lanes, number_}, loads_);
    }
    in_flight_ += weight;
  }

  void grow() {
    widen(flights_, consumed_, fired_);
    widen(retirements_, consumed_, fired_);
    widen(bases_, consumed_, fired_);
    widen(lives_, consumed_, fired_);
    widen(words_, consumed_, fired_, width());
    mask_ = flights_.size() - 1;
  }

  void emit(Time ready, int weight, int last) {
    const std::int64_t firing = fired_++;
    std::int32_t tokens = 0;
    for (const Outlet& outlet : outlets_at_[static_cast<std::size_t>(last)]) {
      outlet.channel->reserve();
      outlet.channel->stage(firing);
      ++tokens;
    }
    flight(firing) = {ready, 0, 0, 0, tokens, weight, weight};
    if (weight == 0) drain();
  }

  // Pushes the tokens whose data is there and that have a slot; retires firings in order.
  void drain() {
    for (const Outlet& outlet : outlets_) {
      Channel& channel = *outlet.channel;
      while (channel.has_staged() && channel.has_slot()) {
        const std::int64_t firing = channel.next_firing();
        Flight& flying = flight(firing);
        if (flying.responses != 0) break;
        deliver(channel, firing);
        flying.pushed(channel.push(flying.ready), outlet.number);
        record_push(outlet, firing, flying.ready);
        wake_reader(channel);
      }
    }
    while (retired_ != fired_ && flight(retired_).responses == 0 && flight(retired_).pushes == 0) {
      retired_weight_ += flight(retired_).weight;
      retire(flight(retired_), kMemory);
    }
  }

  void deliver(Channel& channel, std::int64_t firing) {
    const Word* words = words_of(firing);
    const Mask mask = lives_[slot(firing)];
    if (channel.kind() == TokenKind::scalar) {
      *channel.next_words() = words[scalar_lane(mask)];
    } else if (channel.kind() == TokenKind::vector) {
      std::copy_n(words, lanes_, channel.next_words());
      channel.set_next_mask(mask);
    }
  }

  std::size_t width() const { return static_cast<std::size_t>(lanes_); }
  std::size_t slot(std::int64_t firing) const { return static_cast<std::size_t>(firing) & mask_; }
  Word* words_of(std::int64_t firing) { return words_.data() + slot(firing) * width(); }

  const bool loads_;
  const TensorSpec& tensor_;
  const Elements elements_;
  Tier& tier_;
  Address address_;
  const InputPort* data_ = nullptr;
  int data_level_ = 0;
  std::vector<Word> held_;
  Mask held_mask_;

  // Bursts in flight, of which those of retired firings still count until a firing needs room.
  std::int64_t in_flight_ = 0;
  std::int64_t retired_weight_ = 0;
  std::int64_t consumed_ = 0;

  std::array<Run, kMaxLanes> runs_;
  std::vector<Word> words_;  // rings by firing, as the flights
  std::vector<Mask> lives_;
  std::vector<std::int64_t> bases_;
};

}  // namespace

std::unique_ptr<Process> make_transfer(int number, const ContextSpec& spec, Fabric& fabric) {
  return std::make_unique<Transfer>(number, spec, fabric);
}

}  // namespace rdu::engine
