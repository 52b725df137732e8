// Accesses to a scratchpad: reads, writes and updates of its words, bank by bank.
#include "engine/irregular/action.hpp"
#include "engine/irregular/address.hpp"

namespace rdu::engine {

namespace {

class ScratchpadAccess final : public Action {
 public:
  ScratchpadAccess(const ContextSpec& spec, const Nest& nest, Registers& registers, Fabric& fabric)
      : Action(spec, nest, registers),
        access_(*spec.access),
        memory_(fabric.spec.memories[static_cast<std::size_t>(access_.target)]),
        words_(fabric.memories[static_cast<std::size_t>(access_.target)].words()),
        addresses_(spec, memory_.words, registers),
        delivers_(spec.kind == ContextKind::read ? access_.port : access_.old),
        word_(static_cast<std::size_t>(registers.lanes())) {}

  int prepare() override {
    addresses_.find();
    return 1;
  }

  Time act(Firing&, Time) override {
    const std::int64_t current = nest_.begun(access_.buffer_level) - 1;
    std::fill(word_.begin(), word_.end(), 0);
    touched_.clear();
    for (Mask left = addresses_.live(); left != 0; left &= left - 1) {
      const int lane = std::countr_zero(left);
      const std::int64_t back = registers_.evaluate(access_.back, lane);
      const std::int64_t turn = (current - back) % memory_.buffers;
      const std::int64_t buffer = turn < 0 ? turn + memory_.buffers : turn;
      const std::int64_t address = buffer * memory_.words + addresses_[lane];
      touched_.push_back(address);
      touch(words_[address], lane);
    }
    return cost();
  }

  Token token(int output) const override {
    if (output != delivers_) return value_of(output);
    return {word_.data(), addresses_.live(), false};
  }

 private:
  // In order of the lanes: those of one address see one another's results.
  void touch(Word& word, int lane) {
    const auto number = static_cast<std::size_t>(lane);
    switch (spec_.kind) {
      case ContextKind::read:
        word_[number] = word;
        break;
      case ContextKind::write:
        word = registers_.words(access_.port)[number];
        break;
      default:
        word_[number] = word;
        word = access_.operation->single(word, registers_.words(access_.port)[number], 0);
    }
  }

  // The cycles of the most hit bank; equal addresses count once but for updates.
  Time cost() {
    if (spec_.kind != ContextKind::update) {
      std::sort(touched_.begin(), touched_.end());
      touched_.erase(std::unique(touched_.begin(), touched_.end()), touched_.end());
    }
    for (std::int64_t& address : touched_) {
      if (memory_.skew != 0) address += address / memory_.skew;
      address %= memory_.banks;
    }
    std::sort(touched_.begin(), touched_.end());
    Time most = 1;
    for (std::size_t i = 0, first = 0; i < touched_.size(); ++i) {
      if (touched_[i] != touched_[first]) first = i;
      most = std::max(most, static_cast<Time>(i - first + 1));
    }
    return most;
  }

  const Access& access_;
  const MemorySpec& memory_;
  Word* const words_;
  LaneAddresses addresses_;
  const int delivers_;
  std::vector<Word> word_;
  std::vector<std::int64_t> touched_;
};

}  // namespace

std::unique_ptr<Action> make_access(const ContextSpec& spec, const Nest& nest, Registers& registers,
                                    Fabric& fabric) {
  return std::make_unique<ScratchpadAccess>(spec, nest, registers, fabric);
}

}  // namespace rdu::engine
