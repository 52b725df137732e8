// The firings of a counted chain: nested loops, empty firings, the stops that follow them.
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "engine/irregular/nest.hpp"
#include "engine/irregular/registers.hpp"
#include "engine/irregular/turn.hpp"

namespace rdu::engine {

class Loops : public Schedule {
 public:
  Loops(const ContextSpec& spec, Registers& registers, Heads heads);

  const Nest& nest() const { return nest_; }
  bool rests() const final { return passes_ <= 0 && nest_.first() == 0 && owed_.empty(); }
  bool next(Move& move) final;
  void fired(const Move& move, const std::vector<PortCode>& late) final;

 protected:
  // A firing in which only stream ports act, on stops or done alone.
  struct Closing {
    std::vector<PortCode> pops;
    std::vector<PortCode> gives;
    std::vector<int> examines;
  };

  // The firing of the innermost counter's next iteration, or an empty one.
  virtual bool firing(Move& move);
  // Owes the stops, and in the end done, that follow a firing.
  virtual void follow();

  // Lets the ports of beginning iterations act, outermost first, down to an empty counter; returns
  // the innermost level with an iteration, `depth` at most.
  int begin(int depth, std::vector<int>& pops);
  // Whether all tokens of a firing are there; throws Refusal if they forbid it.
  bool decided(Move& move);
  // Asks for stops at the heads of inputs.
  void expect(const std::vector<PortCode>& stops);
  // What tells on each stream that iterations down from level `last` have ended.
  std::vector<PortCode> stops(int last) const;
  // Owes a closing firing and tells it if it is the next.
  bool owe(Closing closing, Move& move);

  const ContextSpec& spec_;
  Registers& registers_;
  Nest nest_;
  std::int64_t passes_;            // left; negative without end
  std::vector<PortCode> streams_;  // the level of each stream output
  int writes_ = -1;                // the deepest of them; -1 without one
  std::deque<Closing> owed_;

 private:
  bool closing(const Closing& closing, Move& move);
  void admit(int input, std::vector<int>& pops);
  bool enter(int counter);
  void refuse(int input, int code, int expected);

  std::vector<std::vector<int>> ports_;  // inputs by level
  std::vector<char> unknown_;            // by input: not decided yet, in the firing at hand
  std::optional<Refusal> refusal_;
};

}  // namespace rdu::engine
