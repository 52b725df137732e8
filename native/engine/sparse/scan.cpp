// From references to what is stored: lookups and locations.
#include <numeric>

#include "engine/sparse/primitives.hpp"
#include "engine/sparse/storage.hpp"

namespace rdu::engine {

namespace {

// Sends the fiber of each reference; holds one reference while it does.
class Lookup final : public Walker<Lookup> {
 public:
  Lookup(int number, const ContextSpec& spec, Fabric& fabric)
      : Walker(number, spec, fabric), level_(sparse_, fabric) {}

  bool step() {
    if (is_open_ && at_ < fiber_.end) return send();
    const Source& refs = sources_[0];
    if (!there(refs)) return false;
    const int code = refs.code();
    if (code == kDone) {
      if (!is_open_) return pass_on(std::array{&refs});
      if (!fire({}, {&refs})) return false;
      is_open_ = false;
      give_all(0);
      end();
      return true;
    }
    if (code > kDone) {
      if (!fire({&refs})) return false;
      is_open_ = false;
      give_all(code + 1);
      end();
      return true;
    }
    return take(refs, code == kEmpty);
  }

 private:
  // Takes another reference: with the stop of the fiber before, or with the first of its own.
  bool take(const Source& refs, bool absent) {
    StoredLevel::Fiber fiber{0, 1};
    StoredLevel::Wrong wrong;
    if (!absent && !level_.find(as_int(refs.word()), fiber, wrong)) {
      return inside(wrong.part, wrong.value, wrong.extent, std::array{&refs});
    }
    if (!fire({&refs})) return false;
    if (is_open_) {
      give_all(0);
    } else if (fiber.first < fiber.end) {
      give_pair(fiber.first, fiber.first, absent);
    }
    at_ = is_open_ ? fiber.first : std::min(fiber.first + 1, fiber.end);
    is_open_ = true;
    absent_ = absent;
    fiber_ = fiber;
    end();
    return true;
  }

  // Sends the next coordinate, or several.
  bool send() {
    if (const std::int64_t count =
            absent_ || level_.is_bits() ? 0 : givable(std::min(fiber_.end - at_, kTurn));
        count > 1) {
      const std::int64_t position = at_, first = fiber_.first;
      give_burst(0, count, [&](Word* words) {
        if (level_.is_dense()) {
          std::iota(words, words + count, static_cast<Word>(position - first));
        } else {
          std::copy_n(level_.coordinates() + position, count, words);
        }
      });
      give_burst(1, count, [&](Word* words) {
        std::iota(words, words + count, static_cast<Word>(position));
      });
      end_burst(count);
      at_ += count;
      return true;
    }
    if (!fire({})) return false;
    give_pair(at_, fiber_.first, absent_);
    ++at_;
    end();
    return true;
  }

  void give_pair(std::int64_t position, std::int64_t first, bool absent) {
    if (absent) {
      give_all(kEmpty);
      return;
    }
    give(0, kValue, level_.coordinate(position, first));
    give(1, kValue, level_.child(position, first));
  }

  const StoredLevel level_;
  bool is_open_ = false;
  bool absent_ = false;
  StoredLevel::Fiber fiber_{0, 0};
  std::int64_t at_ = 0;
};

// Finds coordinates in the fibers of another stream, or of the root, without walking them.
class Locate final : public Walker<Locate> {
 public:
  Locate(int number, const ContextSpec& spec, Fabric& fabric)
      : Walker(number, spec, fabric), level_(sparse_, fabric) {}

  bool step() {
    const Source& crds = sources_[0];
    const Source& parents = sources_[1];
    if (parents.port >= 0) {
      return walk(
          held_, parents, crds,
          [&](Held::Kind kind) { return kind != Held::Kind::payload || find(held_.token()); },
          [&](Held::Kind kind, int code) {
            if (kind == Held::Kind::payload) {
              give(0, found_.code, found_.word);
            } else {
              give(0, code);
            }
          });
    }
    if (!there(crds)) return false;
    if (!crds.is_payload()) return pass_on(std::array{&crds});
    if (!find({kValue, 0}) || !fire({&crds})) return false;
    give(0, found_.code, found_.word);
    end();
    return true;
  }

 private:
  // Finds the coordinate at the head in a fiber; false at a fault.
  bool find(Item parent) {
    const Source& crds = sources_[0];
    found_ = {kEmpty, 0};
    if (parent.code == kEmpty || crds.code() == kEmpty) return true;
    StoredLevel::Fiber fiber;
    StoredLevel::Wrong wrong;
    if (!level_.find(as_int(parent.word), fiber, wrong)) {
      return inside(wrong.part, wrong.value, wrong.extent, std::array{&crds});
    }
    const std::int32_t crd = as_int(crds.word());
    if (level_.is_dense()) {
      if (crd >= 0 && crd < level_.extent()) {
        found_ = {kValue, static_cast<Word>(fiber.first + crd)};
      }
      return true;
    }
    if (level_.is_bits()) {
      found_ = level_.find_bit(crd, fiber.first);
      return true;
    }
    const std::int32_t* first = level_.coordinates() + fiber.first;
    const std::int32_t* end = level_.coordinates() + fiber.end;
    const std::int32_t* place = std::lower_bound(first, end, crd);
    if (place != end && *place == crd) {
      found_ = {kValue, static_cast<Word>(place - level_.coordinates())};
    }
    return true;
  }

  const StoredLevel level_;
  Held held_;
  Item found_{};
};

}  // namespace

std::unique_ptr<Process> make_lookup(int number, const ContextSpec& spec, Fabric& fabric) {
  return std::make_unique<Lookup>(number, spec, fabric);
}

std::unique_ptr<Process> make_locate(int number, const ContextSpec& spec, Fabric& fabric) {
  return std::make_unique<Locate>(number, spec, fabric);
}

}  // namespace rdu::engine
