// The registers of a context: inputs, counters, constants and results, with their masks.
#pragma once

#include <vector>

#include "engine/irregular/nest.hpp"
#include "engine/lanes.hpp"

namespace rdu::engine {

class Registers {
 public:
  Registers(const ContextSpec& spec, int lanes);

  int lanes() const { return lanes_; }
  Mask all_lanes() const { return all_lanes_; }
  // The chain's mask in this firing.
  Mask mask() const { return mask_; }
  // That of the counters outside a level: all lanes without the vector counter.
  Mask outside(int level) const { return spec_.vector_level < level ? vector_mask_ : all_lanes_; }

  Word* words(int number) { return words_.data() + static_cast<std::size_t>(number * lanes_); }
  const Word* words(int number) const {
    return words_.data() + static_cast<std::size_t>(number * lanes_);
  }
  Mask mask(int number) const { return masks_[static_cast<std::size_t>(number)]; }
  void set_mask(int number, Mask mask) { masks_[static_cast<std::size_t>(number)] = mask; }

  // Lets an input hold a token.
  void hold(int input, const Word* words, Mask mask);
  void hold(int input, Word word);
  // Takes the mask, the counters and the held tokens of a firing.
  void load(const Nest& nest);

  // An i1 value: an input's as it is held, any other's first live lane; false without one.
  bool is_true(int number) const;
  // A held input's first lane as an integer.
  std::int64_t held_integer(int input) const { return as_int(*words(input)); }
  // An expression of counters and inputs on a lane.
  std::int64_t evaluate(const Sum& sum, int lane) const;
  // The lanes that are live in the chain and in the inputs of an expression.
  Mask live(const Sum& sum) const;

  // Whether a condition holds in a firing.
  bool holds(const When& when, const Nest& nest) const;

 private:
  void set_masks(const Nest& nest);

  const ContextSpec& spec_;
  const int lanes_;
  const Mask all_lanes_;
  const int inputs_;
  Mask mask_;
  Mask vector_mask_;
  std::vector<Word> words_;
  std::vector<Mask> masks_;
  std::vector<Mask> held_masks_;  // by input
};

}  // namespace rdu::engine
