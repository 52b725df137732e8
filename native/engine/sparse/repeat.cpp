// Repeats each token of a level for every one of its fiber.
#include "engine/sparse/primitives.hpp"

namespace rdu::engine {

namespace {

template <class Token>
class Repeat final : public Walker<Repeat<Token>> {
 public:
  using Walker<Repeat>::Walker;

  bool step() {
    return this->walk(
        held_, this->sources_[0], this->sources_[1], [](HeldKind) { return true; },
        [this](HeldKind kind, int code) {
          if (kind == HeldKind::payload) {
            this->give(this->sinks_[0], held_.token());
          } else {
            this->give(0, code);
          }
        });
  }

 private:
  HeldToken<Token> held_;
};

}  // namespace

std::unique_ptr<Process> make_repeat(int number, const ContextSpec& spec, Fabric& fabric) {
  if (is_wide(spec, 0)) return std::make_unique<Repeat<WideItem>>(number, spec, fabric);
  return std::make_unique<Repeat<Item>>(number, spec, fabric);
}

}  // namespace rdu::engine
