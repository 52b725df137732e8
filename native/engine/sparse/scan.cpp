// From references to what is stored: lookups and locations.
#include <numeric>

#include "engine/sparse/primitives.hpp"
#include "engine/sparse/runs.hpp"
#include "engine/sparse/storage.hpp"

namespace rdu::engine {

namespace {

// A walk of the fibers of references, the one that is held and where it is.
template <class Primitive>
class FiberWalk : public Walker<Primitive> {
 public:
  FiberWalk(int number, const ContextSpec& spec, Fabric& fabric)
      : Walker<Primitive>(number, spec, fabric), level_(this->sparse_, fabric) {}

 protected:
  // Finds the fiber of the next reference, unless it is absent; out of range it is a fault.
  bool find(const Source& refs, bool absent, StoredLevel::Fiber& fiber) {
    StoredLevel::Wrong wrong;
    if (absent || level_.find(as_int(refs.word()), fiber, wrong)) return true;
    return this->inside(wrong.part, wrong.value, wrong.extent, std::array{&refs});
  }
  void give_pair(std::int64_t position, std::int64_t first, bool absent) {
    if (absent) {
      this->give_all(kEmpty);
      return;
    }
    this->give(0, kValue, level_.coordinate(position, first));
    this->give(1, kValue, level_.child(position, first));
  }

  const StoredLevel level_;
  bool is_open_ = false;
  bool absent_ = false;
  StoredLevel::Fiber fiber_{0, 0};
  std::int64_t at_ = 0;
};

// Sends the fiber of each reference; holds one reference while it does.
class Lookup final : public FiberWalk<Lookup> {
 public:
  using FiberWalk::FiberWalk;

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
    if (!find(refs, absent, fiber) || !fire({&refs})) return false;
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
};

// The same, told from behind where to go on. Looks at an answer in every firing, and pops it with
// the token that it sends; as many stops are missing among the answers as fibers have ended since.
class SkipLookup final : public FiberWalk<SkipLookup> {
 public:
  using FiberWalk::FiberWalk;

  bool step() {
    const Source& refs = sources_[0];
    const Source& answers = sources_[1];
    const bool at_end = !is_open_ || at_ >= fiber_.end;
    if (!(at_end ? there(answers, refs) : there(answers))) return false;
    const std::int64_t at = told(answers);
    if (is_open_ && at < fiber_.end) {
      if (!send({&answers})) return false;
      give_pair(at, fiber_.first, absent_);
      at_ = at + 1;
      end();
      return true;
    }
    if (!at_end && !there(refs)) return false;
    const int code = refs.code();
    if (code <= kValue) return take(refs, answers, code == kEmpty);
    if (code == kDone && !is_open_) {
      if (!send({&answers, &refs})) return false;
      pass_on(kDone);
      return true;
    }
    const bool stays = code == kDone;
    if (!(stays ? send({&answers}, {&refs}) : send({&answers, &refs}))) return false;
    is_open_ = false;
    give_stop(stays ? 0 : code + 1);
    end();
    return true;
  }

 private:
  bool take(const Source& refs, const Source& answers, bool absent) {
    StoredLevel::Fiber fiber{0, 1};
    if (!find(refs, absent, fiber)) return false;
    const bool gives = is_open_ || fiber.first < fiber.end;
    if (!(gives ? send({&answers, &refs}) : fire({&refs}, {&answers}))) return false;
    at_ = fiber.first;
    if (is_open_) {
      give_stop(0);
    } else if (gives) {
      give_pair(at_++, fiber.first, absent);
    }
    is_open_ = true;
    absent_ = absent;
    fiber_ = fiber;
    end();
    return true;
  }

  // Where the fiber that is held goes on.
  std::int64_t told(const Source& answers) const {
    if (behind_ > 0 || !is_open_ || absent_ || at_ >= fiber_.end) return at_;
    if (!answers.is_payload()) return at_;
    if (answers.code() == kEmpty) return fiber_.end;
    const std::int64_t crd = as_int(answers.word());
    if (level_.is_dense()) return std::min(std::max(at_, fiber_.first + crd), fiber_.end);
    const std::int32_t* coordinates = level_.coordinates();
    if (coordinates[at_] >= crd) return at_;
    return std::lower_bound(coordinates + at_, coordinates + fiber_.end, crd) - coordinates;
  }

  // Starts a firing that sends a token and so pops an answer.
  bool send(std::initializer_list<const Source*> pops,
            std::initializer_list<const Source*> examines = {}) {
    const bool answered = !sources_[1].is_payload();
    if (!fire(pops, examines)) return false;
    behind_ -= answered;
    return true;
  }
  void give_stop(int code) {
    give_all(code);
    ++behind_;
  }

  std::int64_t behind_ = 0;  // fibers that have ended and have no answer yet
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
  if (spec.kind == ContextKind::skip_lookup) {
    return std::make_unique<SkipLookup>(number, spec, fabric);
  }
  return std::make_unique<Lookup>(number, spec, fabric);
}

std::unique_ptr<Process> make_locate(int number, const ContextSpec& spec, Fabric& fabric) {
  return std::make_unique<Locate>(number, spec, fabric);
}

}  // namespace rdu::engine
