// What an irregular context does in a firing: the interface that its kinds of action share.
#pragma once

#include <memory>

#include "engine/fabric.hpp"
#include "engine/irregular/flight.hpp"
#include "engine/irregular/nest.hpp"
#include "engine/irregular/registers.hpp"
#include "engine/irregular/turn.hpp"

namespace rdu::engine {

class Action {
 public:
  Action(const ContextSpec& spec, const Nest& nest, Registers& registers)
      : spec_(spec), nest_(nest), registers_(registers) {}
  virtual ~Action() = default;

  // Looks at the registers before the firing starts; returns its weight. Throws Refusal.
  virtual int prepare() { return 1; }
  // Does the action of a firing that starts at a time; returns its cost in cycles.
  virtual Time act(Firing& firing, Time time) = 0;
  // Whether this firing is in flight until its retirement.
  virtual bool stays() const { return true; }
  // How many tokens an output that acts pushes, one cycle apart; makes the registers of one.
  virtual int vectors() const { return 1; }
  virtual void make(int) {}
  // What an output carries. A late token has its value when its firing has had all responses.
  virtual Token token(int output) const { return value_of(output); }
  virtual bool is_late(int) const { return false; }
  virtual Token late_token(const Firing&) const { return {}; }
  // A request of a firing has been served.
  virtual void served(const Request&) {}
  virtual void retired(const Firing&) {}

 protected:
  Token value_of(int output) const {
    const int value = spec_.outputs[static_cast<std::size_t>(output)].value;
    if (value < 0) return {};
    return {registers_.words(value), registers_.mask(value), false};
  }

  const ContextSpec& spec_;
  const Nest& nest_;
  Registers& registers_;
};

std::unique_ptr<Action> make_computation(const ContextSpec& spec, const Nest& nest,
                                         Registers& registers);
std::unique_ptr<Action> make_array(const ContextSpec& spec, const Nest& nest, Registers& registers);
std::unique_ptr<Action> make_access(const ContextSpec& spec, const Nest& nest, Registers& registers,
                                    Fabric& fabric);
std::unique_ptr<Action> make_gather(int number, const ContextSpec& spec, const Nest& nest,
                                    Registers& registers, Fabric& fabric);

}  // namespace rdu::engine
