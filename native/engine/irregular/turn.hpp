// A firing before it starts: what it waits for, takes and gives; and who tells it.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "engine/channel.hpp"
#include "engine/outcome.hpp"

namespace rdu::engine {

// What a port moves: a stop by its level, `kDone`, or for outputs `kValue`.
struct PortCode {
  int port;
  int code;
};

// What leaves on an output: a value on all lanes of `words`, or one word for all of them.
struct Token {
  const Word* words = nullptr;
  Mask mask = 0;
  bool is_scalar = false;
};

struct Gift {
  int output;
  int code;
  Token token;  // if `code` is `kValue`
};

// The next firing of a context as far as tokens decide it; ports by number.
struct Move {
  std::vector<int> pops;        // inputs whose head it pops
  std::vector<int> examines;    // inputs whose head it only waits for
  std::vector<Gift> gives;      // what outputs push besides the values of the action
  std::vector<PortCode> later;  // stops to pop in a second firing, after the values of this one
  bool acts = false;            // whether the action is done, whose values outputs push
  std::vector<int> waits;       // all inputs that it waits for, in port order

  void clear() {
    pops.clear();
    examines.clear();
    gives.clear();
    later.clear();
    acts = false;
  }
  void settle() {
    waits.assign(pops.begin(), pops.end());
    waits.insert(waits.end(), examines.begin(), examines.end());
    std::sort(waits.begin(), waits.end());
  }
};

// Thrown where data forbids a firing; `waits` are the inputs whose heads it would have waited for.
struct Refusal {
  std::string kind;
  int position;
  std::int64_t value;
  std::int64_t expected;
  std::vector<int> waits;
};

// The channel of each input.
using Heads = std::vector<Channel*>;

// Tells the firings of a context one after another.
class Schedule {
 public:
  explicit Schedule(Heads heads) : heads_(std::move(heads)) {}
  virtual ~Schedule() = default;

  // Whether no firing need follow.
  virtual bool rests() const = 0;
  // Tells the next firing; false while a head that decides it is missing. Throws Refusal.
  virtual bool next(Move& move) = 0;
  // Goes on; `late` are the stops of outputs that pushed a value in this firing.
  virtual void fired(const Move& move, const std::vector<PortCode>& late) = 0;

  // After a `next` that returned false: empty inputs that the firing is sure to need.
  const std::vector<int>& missing() const { return missing_; }

 protected:
  Channel& head(int input) const { return *heads_[static_cast<std::size_t>(input)]; }

  Heads heads_;
  std::vector<int> missing_;
};

}  // namespace rdu::engine
