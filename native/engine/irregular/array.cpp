// Systolic arrays: outer products summed up in place, drained tile by tile.
//
// Element (i, j) sums up `a[i] * b[j]` in f32, firing after firing, where both lanes are live.
#include "engine/irregular/computation.hpp"

namespace rdu::engine {

namespace {

class SystolicArray final : public Action {
 public:
  SystolicArray(const ContextSpec& spec, const Nest& nest, Registers& registers)
      : Action(spec, nest, registers),
        array_(*spec.array),
        multiply_(operation("mulf")),
        add_(operation("addf")),
        sums_(static_cast<std::size_t>(array_.rows * array_.columns), 0),
        live_(sums_.size(), false),
        products_(static_cast<std::size_t>(array_.columns)),
        factors_(products_.size()) {}

  int prepare() override { return begins() ? 1 : 0; }
  bool stays() const override { return nest_.last() <= tile(); }
  int vectors() const override { return array_.vectors; }

  Time act(Firing& firing, Time) override {
    if (begins()) {
      std::fill(sums_.begin(), sums_.end(), 0);
      std::fill(live_.begin(), live_.end(), false);
    }
    if (!nest_.is_empty()) accumulate();
    firing.weight = 1;
    if (tile() == array_.over - 1) firing.free = firing.ready + array_.vectors - 1;
    return 1;
  }

  // A tile's vectors leave row-major, each after the tail operations.
  void make(int vector) override {
    const std::size_t first = static_cast<std::size_t>(vector) * lanes_of_vector();
    const std::size_t count = std::min(lanes_of_vector(), sums_.size() - first);
    Word* out = registers_.words(array_.result);
    std::fill_n(out, registers_.lanes(), 0);
    std::copy_n(sums_.begin() + static_cast<std::ptrdiff_t>(first), count, out);
    Mask mask = 0;
    for (std::size_t i = 0; i < count; ++i) mask |= static_cast<Mask>(live_[first + i]) << i;
    registers_.set_mask(array_.result, mask);
    for (const Step& step : spec_.steps) evaluate(step, registers_);
  }

 private:
  // The level whose iterations are tiles; an empty firing outside counts as one.
  int tile() const { return std::min(array_.over - 1, nest_.depth()); }
  bool begins() const { return nest_.first() <= tile(); }
  std::size_t lanes_of_vector() const { return static_cast<std::size_t>(array_.lanes); }

  void accumulate() {
    const Word* a = registers_.words(array_.a);
    const Word* b = registers_.words(array_.b);
    const Mask columns = registers_.mask(array_.b);
    for (int row = 0; row < array_.rows; ++row) {
      if (!live(registers_.mask(array_.a), row)) continue;
      const std::size_t first = static_cast<std::size_t>(row) * products_.size();
      std::fill(factors_.begin(), factors_.end(), a[row]);
      multiply_.loop(products_.data(), factors_.data(), b, b, products_.size());
      add_.loop(products_.data(), &sums_[first], products_.data(), b, products_.size());
      blend(&sums_[first], products_.data(), columns, array_.columns);
      for (std::size_t column = 0; column < products_.size(); ++column) {
        live_[first + column] |= static_cast<char>(live(columns, static_cast<int>(column)));
      }
    }
  }

  const Array& array_;
  const Operation& multiply_;
  const Operation& add_;
  std::vector<Word> sums_;  // row-major
  std::vector<char> live_;
  std::vector<Word> products_;  // of a row
  std::vector<Word> factors_;
};

}  // namespace

std::unique_ptr<Action> make_array(const ContextSpec& spec, const Nest& nest,
                                   Registers& registers) {
  return std::make_unique<SystolicArray>(spec, nest, registers);
}

}  // namespace rdu::engine
