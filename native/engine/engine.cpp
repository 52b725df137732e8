#include "engine/engine.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "engine/actions.hpp"
#include "engine/irregular/irregular.hpp"
#include "engine/regular.hpp"
#include "engine/sparse/stepper.hpp"

namespace rdu::engine {

namespace {

constexpr std::int64_t kTurn = 1 << 14;       // most firings of a process in one turn
constexpr std::int64_t kPollEvery = 1 << 22;  // firings

class Run {
 public:
  Run(const SectionSpec& section, const Record& record, const Poll& poll)
      : fabric_(section, record), poll_(poll) {
    int number = 0;
    for (const ContextSpec& context : section.contexts) {
      processes_.push_back(make_process(number++, context, fabric_));
      if (context.kind == ContextKind::merge) choosers_.push_back(processes_.back().get());
    }
  }

  Outcome run() {
    for (std::size_t i = 0; i < processes_.size(); ++i) fabric_.agenda.wake(static_cast<int>(i));
    while (true) {
      if (fabric_.agenda.all_ahead() && choose()) continue;
      if (fabric_.agenda.empty()) return outcome();
      const Turn turn = fabric_.agenda.next_turn();
      advance(at(fabric_.agenda.take(turn)), turn);
    }
  }

 private:
  Process& at(int number) { return *processes_[static_cast<std::size_t>(number)]; }

  void advance(Process& process, Turn turn) {
    unpolled_ += process.advance(kTurn, turn);
    if (const Fault* fault = process.fault()) fabric_.agenda.end_at(fault->time);
    if (unpolled_ < kPollEvery) return;
    polled_ += std::exchange(unpolled_, 0);
    Time latest = 0;
    for (const auto& known : processes_) latest = std::max(latest, known->next_free());
    poll_(polled_, latest);
  }

  // Lets all that chooses by time choose what is due before the least horizon; false if nothing
  // waits, or what could fire ahead may come before. Whatever is unknown when all other contexts
  // are blocked follows from some pending choice or from those, and so does not happen before.
  bool choose() {
    Time horizon = fabric_.network.horizon();
    for (const Tier& tier : fabric_.tiers) horizon = std::min(horizon, tier.horizon());
    for (const Process* process : choosers_) horizon = std::min(horizon, process->horizon());
    if (horizon == kNever || !fabric_.agenda.matters(horizon)) return false;
    bool is_first = true;
    fabric_.agenda.visit_ahead([&](int number) { is_first &= horizon <= at(number).next_free(); });
    if (!is_first) return false;
    for (Tier& tier : fabric_.tiers) {
      tier.serve(horizon, [this](const Request& request, Time response) {
        at(request.context).served(request, response);
      });
    }
    fabric_.network.serve(horizon,
                          [this](int channel, Time time) { fabric_.arrive(channel, time); });
    for (Process* process : choosers_) process->choose(horizon);
    return true;
  }

  std::optional<Fault> first_fault() const {
    const Fault* first = nullptr;
    for (const auto& process : processes_) {
      const Fault* fault = process->fault();
      if (fault != nullptr && (first == nullptr || fault->time < first->time)) first = fault;
    }
    return first == nullptr ? std::nullopt : std::optional(*first);
  }

  Outcome outcome() {
    Outcome outcome{};
    outcome.fault = first_fault();
    const auto finished = [](const auto& process) { return process->finished(); };
    outcome.deadlocked = !std::ranges::all_of(processes_, finished) ||
                         !std::ranges::all_of(fabric_.channels, &Channel::is_clear);
    for (const auto& process : processes_) {
      const Time time = outcome.deadlocked ? process->next_free() : process->retired_at();
      outcome.time = std::max(outcome.time, time);
      outcome.contexts.push_back(process->account());
      BlockedContext blocked;
      if (process->blocked_on(blocked)) outcome.blocked.push_back(blocked);
    }
    for (Channel& channel : fabric_.channels) {
      outcome.channels.push_back(
          {channel.tokens(), channel.high_water(), channel.held(), channel.stops()});
    }
    for (const Tier& tier : fabric_.tiers) outcome.tiers.push_back(tier.traffic());
    outcome.links = fabric_.network.traffic();
    if (fabric_.recorder != nullptr) fabric_.recorder->complete(outcome);
    return outcome;
  }

  Fabric fabric_;
  const Poll& poll_;
  std::vector<std::unique_ptr<Process>> processes_;
  std::vector<Process*> choosers_;  // those that choose by time
  std::int64_t polled_ = 0;         // firings
  std::int64_t unpolled_ = 0;       // since the last poll
};

}  // namespace

std::unique_ptr<Process> make_process(int number, const ContextSpec& spec, Fabric& fabric) {
  if (spec.sparse) return make_sparse(number, spec, fabric);
  if (!is_regular(spec, fabric.spec)) return std::make_unique<Irregular>(number, spec, fabric);
  switch (spec.kind) {
    case ContextKind::compute:
      return is_scalar(spec) ? make_scalar_compute(number, spec, fabric)
                             : make_vector_compute(number, spec, fabric);
    case ContextKind::read:
      return make_read(number, spec, fabric);
    case ContextKind::write:
      return make_write(number, spec, fabric);
    case ContextKind::load:
    case ContextKind::store:
      return make_transfer(number, spec, fabric);
    default:
      break;
  }
  throw std::invalid_argument("context '" + spec.name + "' is of an unknown kind");
}

Outcome run(const SectionSpec& section, const Record& record, const Poll& poll) {
  if (section.lanes < 1 || section.lanes > static_cast<int>(kMaxLanes)) {
    throw std::invalid_argument("lanes: expected 1 to 64, got " + std::to_string(section.lanes));
  }
  return Run(section, record, poll).run();
}

}  // namespace rdu::engine
