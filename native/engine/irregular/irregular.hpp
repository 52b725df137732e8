// A context of which data decides what it does: when it fires, which ports act, where words are.
//
// A Schedule tells one firing after another, an Action does it. This is the firing rule of
// `Unit::fire` for whatever they say.
#pragma once

#include <deque>
#include <optional>

#include "engine/irregular/action.hpp"
#include "engine/process.hpp"

namespace rdu::engine {

class Merge;

class Irregular final : public Process {
 public:
  Irregular(int number, const ContextSpec& spec, Fabric& fabric);
  ~Irregular() override;

  std::int64_t advance(std::int64_t budget, Turn turn) override;
  void served(const Request& request, Time response) override;
  Time horizon() const override;
  void choose(Time horizon) override;
  bool finished() const override { return schedule_->rests() && flight_.empty(); }
  const Fault* fault() const override { return fault_ ? &*fault_ : nullptr; }
  bool blocked_on(BlockedContext& blocked) const override;

 private:
  // A token that is staged on a channel: its firing, and how long after its readiness it leaves.
  struct Staged {
    std::int64_t firing;
    int delay;
    bool is_late;
  };

  // When a firing starts, why not before, and how many retirements it waits for.
  struct Start {
    Time time;
    int cause;
    std::int64_t freed;
  };

  std::unique_ptr<Schedule> make_schedule();
  std::unique_ptr<Action> make_action();
  std::int64_t limit() const;

  bool fire();
  // Whether the next firing is known; a firing that data forbids is the last.
  bool find_move();
  Start start();
  void push(Firing& firing);
  void push(Firing& firing, int output, int code, const Token& token, int delay, bool is_late);
  void drain();
  void retire();

  Registers registers_;
  Merge* merge_ = nullptr;      // the schedule, if it chooses by time
  const Nest* nest_ = nullptr;  // that of the schedule; null without a chain
  std::unique_ptr<Schedule> schedule_;
  std::unique_ptr<Action> action_;  // null without one
  Flight flight_;
  std::vector<std::pair<std::size_t, std::size_t>> outlets_of_;  // by output: first, end
  std::vector<std::deque<Staged>> staged_;                       // by outlet
  Move move_;
  bool knows_move_ = false;
  int weight_ = 1;
  std::vector<PortCode> late_;  // stops of outputs that pushed a value in this firing
  std::vector<char> pushed_;    // by output: in this firing
  std::optional<Fault> fault_;
};

}  // namespace rdu::engine
