// Repeats each token of a level for every one of its fiber.
#include "engine/sparse/primitives.hpp"

namespace rdu::engine {

namespace {

class Repeat final : public Walker<Repeat> {
 public:
  using Walker::Walker;

  bool step() {
    return walk(
        held_, sources_[0], sources_[1], [](Held::Kind) { return true; },
        [this](Held::Kind kind, int code) {
          if (kind == Held::Kind::payload) {
            give(0, held_.token().code, held_.token().word);
          } else {
            give(0, code);
          }
        });
  }

 private:
  Held held_;
};

}  // namespace

std::unique_ptr<Process> make_repeat(int number, const ContextSpec& spec, Fabric& fabric) {
  return std::make_unique<Repeat>(number, spec, fabric);
}

}  // namespace rdu::engine
