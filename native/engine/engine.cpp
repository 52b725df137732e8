#include "engine/engine.hpp"

#include <algorithm>
#include <stdexcept>

#include "engine/actions.hpp"
#include "engine/process.hpp"

namespace rdu::engine {

namespace {

constexpr std::int64_t kTurn = 1 << 14;       // most firings of a process in one turn
constexpr std::int64_t kPollEvery = 1 << 22;  // firings

class Run {
 public:
  Run(const SectionSpec& section, const std::function<void()>& poll)
      : fabric_(section), poll_(poll) {
    int number = 0;
    for (const ContextSpec& context : section.contexts) {
      processes_.push_back(make_process(number++, context, fabric_));
    }
  }

  Outcome run() {
    for (std::size_t i = 0; i < processes_.size(); ++i) fabric_.agenda.wake(static_cast<int>(i));
    do {
      while (!fabric_.agenda.empty()) {
        const Turn turn = fabric_.agenda.next_turn();
        advance(at(fabric_.agenda.take(turn)), turn);
      }
    } while (fabric_.tier.serve([this](const Request& request, Time response) {
      at(request.context).served(request, response);
    }));
    return outcome();
  }

 private:
  Process& at(int number) { return *processes_[static_cast<std::size_t>(number)]; }

  void advance(Process& process, Turn turn) {
    unpolled_ += process.advance(kTurn, turn);
    if (unpolled_ < kPollEvery) return;
    unpolled_ = 0;
    poll_();
  }

  Outcome outcome() {
    Outcome outcome{};
    const auto finished = [](const auto& process) { return process->finished(); };
    const auto settled = [](const Channel& channel) { return channel.settled_at_start(); };
    outcome.deadlocked = !std::ranges::all_of(processes_, finished) ||
                         !std::ranges::all_of(fabric_.channels, settled);
    for (const auto& process : processes_) {
      const Time time = outcome.deadlocked ? process->next_free() : process->retired_at();
      outcome.time = std::max(outcome.time, time);
      outcome.contexts.push_back(process->account());
      BlockedContext blocked;
      if (!process->finished() && process->blocked_on(blocked)) outcome.blocked.push_back(blocked);
    }
    for (Channel& channel : fabric_.channels) {
      outcome.channels.push_back({channel.tokens(), channel.high_water(), channel.held()});
    }
    outcome.loaded_bytes = fabric_.loaded_bytes;
    outcome.stored_bytes = fabric_.stored_bytes;
    return outcome;
  }

  Fabric fabric_;
  const std::function<void()>& poll_;
  std::vector<std::unique_ptr<Process>> processes_;
  std::int64_t unpolled_ = 0;
};

}  // namespace

std::unique_ptr<Process> make_process(int number, const ContextSpec& spec, Fabric& fabric) {
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
  }
  throw std::invalid_argument("context '" + spec.name + "' is of an unknown kind");
}

Outcome run(const SectionSpec& section, const std::function<void()>& poll) {
  if (section.lanes < 1 || section.lanes > static_cast<int>(kMaxLanes)) {
    throw std::invalid_argument("lanes: expected 1 to 64, got " + std::to_string(section.lanes));
  }
  return Run(section, poll).run();
}

}  // namespace rdu::engine
