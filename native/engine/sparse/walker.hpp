// A primitive of which each step looks at heads of streams: its turns, and walks of two levels.
//
// A primitive derives from Walker<Primitive> and has
//   step() -> bool   makes the next firing, or several; false if it cannot, nothing being changed
#pragma once

#include "engine/sparse/held.hpp"
#include "engine/sparse/stepper.hpp"

namespace rdu::engine {

template <class Primitive>
class Walker : public Stepper {
 public:
  using Stepper::Stepper;

  std::int64_t advance(std::int64_t budget, Turn turn) final {
    const std::int64_t before = fired_;
    const std::int64_t end = fired_ + std::min(budget, kTurn);
    if (has_flights()) drain();
    const bool waits = gives_way(turn);
    while (!waits && fired_ < end && !rests_ && !fault_ && in_time() && may_start() &&
           static_cast<Primitive&>(*this).step()) {
      if (has_flights()) drain();
    }
    if (has_flights()) mark_blocked_writers();
    if (waits) fabric_.agenda.wake_ahead(number_);
    if (fired_ >= end && in_time()) fabric_.agenda.wake(number_);
    return fired_ - before;
  }

 protected:
  // Makes the firing that `held` looks at; `admit(kind)` may refuse it, `act(kind)` does what else
  // it does, as to give payloads.
  template <class Token, class Admit, class Act>
  bool walk(HeldToken<Token>& held, const Source& above, const Source& below, Admit&& admit,
            Act&& act) {
    using Kind = HeldKind;
    if (!there(below)) return false;
    if (held.needs_above(below) && !there(above)) return false;
    const Kind kind = held.look(above, below);
    const std::array<const Source*, 2> both{&below, &above};
    const std::array<const Source*, 1> upper{&above};
    if (kind == Kind::done) return pass_on(both);
    if (kind == Kind::empty) {
      if (!fire({&above}, {&below})) return false;
      held.took(kind);
      end();
      return true;
    }
    const bool takes = kind == Kind::stop || held.takes();
    const int need = kind == Kind::stop ? held.need(below.code()) : kValue;
    if (takes && !expect(need, upper, both)) return false;
    const int code = below.code();
    if (!admit(kind) || !(takes ? fire({&below, &above}) : fire({&below}))) return false;
    act(kind, code);
    held.took(kind);
    end();
    return true;
  }
};

}  // namespace rdu::engine
