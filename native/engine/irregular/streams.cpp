#include "engine/irregular/streams.hpp"

namespace rdu::engine {

StreamLoops::StreamLoops(const ContextSpec& spec, Registers& registers, Heads heads)
    : Loops(spec, registers, std::move(heads)),
      reads_(static_cast<int>(std::ranges::count(spec.levels, true, &Level::until))),
      reader_(spec.levels.front().stop_port) {
  passes_ = 1;
  for (std::size_t i = 0; i < spec.inputs.size(); ++i) {
    const auto number = static_cast<int>(i);
    if (spec.inputs[i].stream && number != reader_) {
      others_.push_back({number, spec.inputs[i].level});
    }
  }
}

bool StreamLoops::firing(Move& move) {
  if (nest_.first() > reads_) return Loops::firing(move);
  if (!head(reader_).has_head()) {
    missing_.push_back(reader_);
    return false;
  }
  const int code = head(reader_).head_code();
  if (code == kDone && nest_.first() == 0) return done(move);
  if (code != kValue) return ending(code, move);
  if (!is_open_) return Loops::firing(move);
  is_open_ = false;
  return owe({{}, stops(reads_), {reader_}}, move);
}

bool StreamLoops::done(Move& move) {
  passes_ = 0;
  Closing closing{{{reader_, kDone}}, {}, {}};
  for (const PortCode& other : others_) closing.pops.push_back({other.port, kDone});
  for (const PortCode& stream : streams_) closing.gives.push_back({stream.port, kDone});
  return owe(std::move(closing), move);
}

bool StreamLoops::ending(int stop, Move& move) {
  const int outside = reads_ - 1;
  const bool is_done = stop == kDone;  // ends all that are open, without a stop on any stream
  begin(outside, move.pops);
  if (nest_.first() <= outside) nest_.enter(outside, 0, 0);
  const auto popped_with_value = [&](int input) {
    return std::ranges::count(move.pops, input) != 0;
  };
  std::vector<PortCode> now;
  if (!is_done) {
    for (const auto& [input, level] : others_) {
      const int code = seen(stop, level);
      if (code >= 0) (popped_with_value(input) ? move.later : now).push_back({input, code});
    }
  }
  expect(now);
  for (const PortCode& pop : now) move.pops.push_back(pop.port);
  (is_done ? move.examines : move.pops).push_back(reader_);
  if (!decided(move)) return false;
  if (!is_done) {
    for (const auto& [output, level] : streams_) {
      const int code = seen(stop, level);
      if (code >= 0) move.gives.push_back({output, code, {}});
    }
  }
  nest_.stand(outside, is_done ? 0 : std::max(0, outside - stop));
  registers_.load(nest_);
  is_open_ = false;
  move.acts = true;
  return true;
}

void StreamLoops::follow() {
  const int last = nest_.last();
  if (reads_ < last && last < writes_) owed_.push_back({{}, stops(last), {}});
  if (last == reads_ && reads_ < writes_) is_open_ = true;
}

}  // namespace rdu::engine
