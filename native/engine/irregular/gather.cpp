// Loads and stores whose lanes may lie anywhere: which bursts a firing requests, and what their
// service moves.
#include <map>

#include "engine/elements.hpp"
#include "engine/irregular/action.hpp"
#include "engine/irregular/address.hpp"

namespace rdu::engine {

namespace {

class Gather final : public Action {
 public:
  Gather(int number, const ContextSpec& spec, const Nest& nest, Registers& registers,
         Fabric& fabric)
      : Action(spec, nest, registers),
        number_(number),
        loads_(spec.kind == ContextKind::load),
        port_(spec.access->port),
        tensor_(fabric.tensor(spec.access->target)),
        elements_(tensor_),
        tier_(fabric.tier_of(tensor_)),
        addresses_(spec, tensor_.elements, registers) {}

  // Finds the distinct bursts of the live lanes, in order of their first lane.
  int prepare() override {
    addresses_.find();
    bursts_.clear();
    for (Mask left = addresses_.live(); left != 0; left &= left - 1) {
      const int lane = std::countr_zero(left);
      const std::int64_t byte = tensor_.address + tensor_.element_bytes * addresses_[lane];
      const std::int64_t burst = byte / tier_.burst_bytes();
      // Mostly a lane lies where the one before does.
      const auto same = [&](const Burst& known) { return known.number == burst; };
      const auto found = std::find_if(bursts_.rbegin(), bursts_.rend(), same);
      if (found == bursts_.rend()) {
        bursts_.push_back({burst, Mask{1} << lane});
      } else {
        found->lanes |= Mask{1} << lane;
      }
    }
    return static_cast<int>(bursts_.size());
  }

  Time act(Firing& firing, Time time) override {
    Moved& moved = moved_.emplace(firing.number, Moved{addresses_, {}}).first->second;
    if (!loads_) std::copy_n(registers_.words(port_), registers_.lanes(), moved.words.begin());
    firing.responses = static_cast<int>(bursts_.size());
    for (const Burst& burst : bursts_) {
      tier_.request({time, 0, burst.number, firing.number, burst.lanes, number_}, loads_);
    }
    return 1;
  }

  void served(const Request& request) override {
    Moved& moved = moved_.at(request.firing);
    for (Mask left = request.lanes; left != 0; left &= left - 1) {
      const int lane = std::countr_zero(left);
      Word& word = moved.words[static_cast<std::size_t>(lane)];
      if (loads_) {
        word = elements_.get(moved.addresses[lane]);
      } else {
        elements_.set(moved.addresses[lane], word);
      }
    }
  }

  bool is_late(int output) const override { return loads_ && output == port_; }
  Token late_token(const Firing& firing) const override {
    const Moved& moved = moved_.at(firing.number);
    return {moved.words.data(), moved.addresses.live(), false};
  }
  void retired(const Firing& firing) override { moved_.erase(firing.number); }

 private:
  struct Burst {
    std::int64_t number;
    Mask lanes;
  };
  // What a firing moves.
  struct Moved {
    LaneAddresses addresses;
    std::array<Word, kMaxLanes> words;
  };

  const int number_;
  const bool loads_;
  const int port_;
  const TensorSpec& tensor_;
  const Elements elements_;
  Tier& tier_;
  LaneAddresses addresses_;
  std::vector<Burst> bursts_;
  std::map<std::int64_t, Moved> moved_;  // by firing in flight
};

}  // namespace

std::unique_ptr<Action> make_gather(int number, const ContextSpec& spec, const Nest& nest,
                                    Registers& registers, Fabric& fabric) {
  return std::make_unique<Gather>(number, spec, nest, registers, fabric);
}

}  // namespace rdu::engine
