#include "engine/irregular/loops.hpp"

namespace rdu::engine {

Loops::Loops(const ContextSpec& spec, Registers& registers, Heads heads)
    : Schedule(std::move(heads)),
      spec_(spec),
      registers_(registers),
      nest_(spec.levels),
      passes_(spec.repeat),
      ports_(spec.levels.size() + 1),
      unknown_(spec.inputs.size(), false) {
  for (std::size_t i = 0; i < spec.inputs.size(); ++i) {
    ports_[static_cast<std::size_t>(spec.inputs[i].level)].push_back(static_cast<int>(i));
  }
  for (std::size_t i = 0; i < spec.outputs.size(); ++i) {
    if (!spec.outputs[i].stream) continue;
    streams_.push_back({static_cast<int>(i), spec.outputs[i].level});
    writes_ = std::max(writes_, spec.outputs[i].level);
  }
}

bool Loops::next(Move& move) {
  missing_.clear();
  refusal_.reset();
  move.clear();
  if (!owed_.empty()) return closing(owed_.front(), move);
  return passes_ != 0 && firing(move);
}

void Loops::fired(const Move& move, const std::vector<PortCode>& late) {
  if (!move.acts) {
    owed_.pop_front();
    return;
  }
  if (!move.later.empty() || !late.empty()) owed_.push_back({move.later, late, {}});
  follow();
  nest_.step();
}

bool Loops::firing(Move& move) {
  const int depth = begin(nest_.size(), move.pops);
  if (!decided(move)) return false;
  nest_.stand(depth);
  registers_.load(nest_);
  move.acts = true;
  return true;
}

void Loops::follow() {
  const int last = nest_.last();
  if (last < writes_) owed_.push_back({{}, stops(last), {}});
  if (last != 0 || passes_ <= 0) return;
  --passes_;
  if (passes_ != 0 || streams_.empty()) return;
  Closing done;
  for (const PortCode& stream : streams_) done.gives.push_back({stream.port, kDone});
  owed_.push_back(std::move(done));
}

std::vector<PortCode> Loops::stops(int last) const {
  std::vector<PortCode> stops;
  for (const auto& [output, level] : streams_) {
    if (level - 1 - last >= 0) stops.push_back({output, level - 1 - last});
  }
  return stops;
}

bool Loops::owe(Closing closing, Move& move) {
  owed_.push_back(std::move(closing));
  return this->closing(owed_.front(), move);
}

int Loops::begin(int depth, std::vector<int>& pops) {
  std::fill(unknown_.begin(), unknown_.end(), false);
  for (int level = nest_.first(); level <= depth; ++level) {
    for (int input : ports_[static_cast<std::size_t>(level)]) admit(input, pops);
    if (level < depth && !enter(level)) return level;
  }
  return depth;
}

// Lets an input hold its token, or its constant where its condition does not hold.
void Loops::admit(int input, std::vector<int>& pops) {
  const auto number = static_cast<std::size_t>(input);
  const Input& port = spec_.inputs[number];
  const Channel& channel = head(input);
  if (port.when.kind == Condition::held && port.when.value < static_cast<int>(unknown_.size()) &&
      unknown_[static_cast<std::size_t>(port.when.value)]) {
    unknown_[number] = true;
  } else if (!registers_.holds(port.when, nest_)) {
    if (port.otherwise) registers_.hold(input, *port.otherwise);
  } else if (!channel.has_head()) {
    missing_.push_back(input);
    unknown_[number] = true;
  } else {
    pops.push_back(input);
    if (const int code = channel.head_code(); code != kValue) {
      refuse(input, code, kValue);
    } else if (channel.kind() == TokenKind::scalar) {
      registers_.hold(input, *channel.head_words());
    } else if (channel.kind() == TokenKind::vector) {
      registers_.hold(input, channel.head_words(), channel.head_mask());
    }
  }
}

// Begins with a counter; false if it is empty or its bounds are not known yet.
bool Loops::enter(int counter) {
  const Level& level = spec_.levels[static_cast<std::size_t>(counter)];
  const auto is_unknown = [&](int port) {
    return port >= 0 && unknown_[static_cast<std::size_t>(port)];
  };
  if (is_unknown(level.start_port) || is_unknown(level.stop_port)) return false;
  const auto bound = [&](std::int64_t number, int port) {
    return port < 0 || level.until ? number : registers_.held_integer(port);
  };
  return nest_.enter(counter, bound(level.start, level.start_port),
                     bound(level.stop, level.stop_port));
}

void Loops::refuse(int input, int code, int expected) {
  if (!refusal_) refusal_ = Refusal{"stream", input, code, expected, {}};
}

bool Loops::decided(Move& move) {
  if (!missing_.empty()) {
    std::sort(missing_.begin(), missing_.end());
    return false;
  }
  if (!refusal_) return true;
  move.settle();
  refusal_->waits = move.waits;
  throw *refusal_;
}

// Tells a firing of stops alone.
bool Loops::closing(const Closing& closing, Move& move) {
  expect(closing.pops);
  for (const PortCode& stop : closing.pops) move.pops.push_back(stop.port);
  move.examines = closing.examines;
  for (const auto& [output, code] : closing.gives) move.gives.push_back({output, code, {}});
  return decided(move);
}

void Loops::expect(const std::vector<PortCode>& stops) {
  bool agrees = true;
  for (const auto& [input, code] : stops) {
    const Channel& channel = head(input);
    if (!channel.has_head()) {
      missing_.push_back(input);
    } else if (agrees && channel.head_code() != code) {
      agrees = false;
      refuse(input, channel.head_code(), code);
    }
  }
}

}  // namespace rdu::engine
