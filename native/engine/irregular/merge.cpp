#include "engine/irregular/merge.hpp"

#include "engine/tier.hpp"

namespace rdu::engine {

bool Merge::step(Move& move) {
  std::vector<int> open;
  for (int input : choice_.inputs) {
    if (!head(input).has_head() || head(input).head_code() != kDone) open.push_back(input);
  }
  if (decided_ < 0 && !there(open)) return false;
  missing_.clear();
  const int number = decided_ < 0 ? earliest() : decided_;
  decided_ = -1;
  if (number >= 0) return take(number, move);
  return pass_on(open.empty() ? choice_.inputs : open, move);
}

int Merge::earliest() const {
  int found = -1;
  for (std::size_t number = 0; number < choice_.inputs.size(); ++number) {
    const int input = choice_.inputs[number];
    if (!head(input).has_head() || !is_value(input)) continue;
    if (found < 0 ||
        head(input).arrival() < head(choice_.inputs[static_cast<std::size_t>(found)]).arrival()) {
      found = static_cast<int>(number);
    }
  }
  return found;
}

bool Merge::take(int number, Move& move) {
  const int input = choice_.inputs[static_cast<std::size_t>(number)];
  move.pops = {input};
  give(input, choice_.outputs.front(), move);
  number_ = static_cast<Word>(number);
  if (choice_.source >= 0) move.gives.push_back({choice_.source, kValue, {&number_, 0, true}});
  return true;
}

Time Merge::horizon() const {
  const int number = missing_.empty() ? -1 : earliest();
  if (number < 0) return kNever;
  return head(choice_.inputs[static_cast<std::size_t>(number)]).arrival() + kLeastDelay;
}

bool Merge::choose(Time horizon) {
  const Time own = this->horizon();
  if (own == kNever || own - kLeastDelay >= horizon) return false;
  decided_ = earliest();
  return true;
}

}  // namespace rdu::engine
