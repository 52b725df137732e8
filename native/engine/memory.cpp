// PMU contexts: reads and writes of a banked, n-buffered scratchpad memory.
#include <array>
#include <numeric>

#include "engine/actions.hpp"
#include "engine/address.hpp"
#include "engine/firing.hpp"
#include "engine/lanes.hpp"

namespace rdu::engine {

namespace {

const MemorySpec& memory_of(const ContextSpec& spec, const Fabric& fabric) {
  return fabric.spec.memories[static_cast<std::size_t>(spec.access->target)];
}

// What reads and writes share: the word of each lane and the cycles that the banks need.
class Port {
 public:
  Port(const ContextSpec& spec, Fabric& fabric)
      : memory_(memory_of(spec, fabric)),
        words_(fabric.memories[static_cast<std::size_t>(spec.access->target)].words()),
        address_(spec, memory_.words),
        buffer_level_(spec.access->buffer_level) {
    const std::int64_t shared = std::gcd(address_.lane_stride(), memory_.banks);
    const std::int64_t banks = address_.lane_stride() == 0 ? 64 : memory_.banks / shared;
    for (std::int64_t lanes = 0; lanes <= static_cast<std::int64_t>(kMaxLanes); ++lanes) {
      cost_[static_cast<std::size_t>(lanes)] = std::max<Time>(1, (lanes + banks - 1) / banks);
    }
  }

  // Turns to the next buffer where a firing begins an iteration of the buffer's level.
  void begin(int first) {
    if (buffer_level_ < first) return;
    buffer_ = buffer_ + 1 == memory_.buffers ? 0 : buffer_ + 1;
  }
  void step(int last) { address_.step(last); }

  // Lane 0's word; lane i's is `i * stride()` further on.
  Word* word() const { return words_ + buffer_ * memory_.words + address_.base(); }
  std::int64_t stride() const { return address_.lane_stride(); }

  // Cycles for the live lanes: hits of the most hit bank, equal addresses counted once.
  Time cost(Mask mask) const {
    if (is_prefix(mask) || stride() == 0) {
      return cost_[static_cast<std::size_t>(std::popcount(mask))];
    }
    std::array<std::int64_t, kMaxLanes> hits;
    int count = 0;
    Time most = 1;
    for (; mask != 0; mask &= mask - 1) {
      const std::int64_t bank = std::countr_zero(mask) * std::abs(stride()) % memory_.banks;
      hits[static_cast<std::size_t>(count++)] = bank;
      most = std::max<Time>(most, std::count(hits.begin(), hits.begin() + count, bank));
    }
    return most;
  }

 private:
  const MemorySpec& memory_;
  Word* words_;
  Address address_;
  int buffer_level_;
  std::int64_t buffer_ = -1;
  std::array<Time, kMaxLanes + 1> cost_;  // by the number of live lanes, the first ones
};

class Read final : public Unit<Read> {
 public:
  Read(int number, const ContextSpec& spec, Fabric& fabric)
      : Unit(number, spec, fabric), port_(spec, fabric) {}

  void take(const InputPort&, std::int64_t) {}

  Time act(int first) {
    port_.begin(first);
    token_mask_ = chain_.mask();
    return port_.cost(token_mask_);
  }

  void put(const Outlet& outlet, std::int64_t i) {
    Channel& channel = *outlet.channel;
    if (channel.kind() == TokenKind::control) return;
    const Word* from = port_.word();
    const std::int64_t stride = port_.stride();
    Word* to = channel.put_words(i);
    if (channel.kind() == TokenKind::scalar) {
      *to = from[scalar_lane(token_mask_) * stride];
      return;
    }
    channel.put_mask(i, token_mask_);
    const int count = std::popcount(token_mask_);  // the first lanes
    if (stride == 1) {
      std::copy_n(from, count, to);
    } else {
      for (int lane = 0; lane < count; ++lane) to[lane] = from[lane * stride];
    }
    std::fill_n(to + count, lanes_ - count, 0);
  }

  void step(int last) { port_.step(last); }

 private:
  Port port_;
  Mask token_mask_ = 0;
};

class Write final : public Unit<Write> {
 public:
  Write(int number, const ContextSpec& spec, Fabric& fabric)
      : Unit(number, spec, fabric),
        port_(spec, fabric),
        held_(static_cast<std::size_t>(lanes_), 0),
        held_mask_(all_lanes_) {}

  void take(const InputPort& input, std::int64_t i) {
    if (input.number != spec_.access->port) return;
    const Channel& channel = *input.channel;
    if (channel.kind() == TokenKind::vector) {
      std::copy_n(channel.head_words(i), lanes_, held_.data());
      held_mask_ = channel.head_mask(i);
    } else {
      std::fill(held_.begin(), held_.end(), *channel.head_words(i));
    }
  }

  Time act(int first) {
    port_.begin(first);
    const Mask mask = held_mask_ & chain_.mask();
    Word* to = port_.word();
    const std::int64_t stride = port_.stride();
    if (stride == 1 && is_prefix(mask)) {
      std::copy_n(held_.data(), std::popcount(mask), to);
    } else {
      for (Mask left = mask; left != 0; left &= left - 1) {
        const int lane = std::countr_zero(left);
        to[lane * stride] = held_[static_cast<std::size_t>(lane)];
      }
    }
    return port_.cost(mask);
  }

  void put(const Outlet&, std::int64_t) {}
  void step(int last) { port_.step(last); }

 private:
  Port port_;
  std::vector<Word> held_;
  Mask held_mask_;
};

}  // namespace

std::unique_ptr<Process> make_read(int number, const ContextSpec& spec, Fabric& fabric) {
  return std::make_unique<Read>(number, spec, fabric);
}

std::unique_ptr<Process> make_write(int number, const ContextSpec& spec, Fabric& fabric) {
  return std::make_unique<Write>(number, spec, fabric);
}

}  // namespace rdu::engine
