// Leaving tokens out: zeros, stops, empty fibers, coordinates by comparison or without content.
#include "engine/sparse/kept.hpp"
#include "engine/sparse/primitives.hpp"
#include "engine/sparse/rows.hpp"

namespace rdu::engine {

namespace {

bool holds(Comparison comparison, std::int64_t left, std::int64_t right) {
  switch (comparison) {
    case Comparison::eq:
      return left == right;
    case Comparison::ge:
      return left >= right;
    case Comparison::gt:
      return left > right;
    case Comparison::le:
      return left <= right;
    case Comparison::lt:
      return left < right;
    default:
      return left != right;
  }
}

// Compares coordinates with the outer one. `N` passes.
class MaskCoordinates final : public RowWalker<MaskCoordinates> {
 public:
  using RowWalker::RowWalker;

  bool step() {
    const Source& crds = sources_[1];
    const Source& payloads = sources_[2];
    if (!look(rows_, sources_[0], crds, &payloads)) return false;
    if (rows_.kind == RowCursor::Kind::done) return pass_on(rows_.taken);
    const Item crd{crds.code(), crds.word()}, payload{payloads.code(), payloads.word()};
    if (!fire(rows_.taken, rows_.examined)) return false;
    const bool passes = rows_.kind == RowCursor::Kind::inside
                            ? admits(crd.word, crd.code)
                            : rows_.kind != RowCursor::Kind::empty;
    if (passes) {
      give(0, crd.code, crd.word);
      give(1, payload.code, payload.word);
    }
    rows_.go_on();
    end();
    return true;
  }

 private:
  bool admits(Word crd, int code) const {
    if (code == kEmpty || rows_.token.code == kEmpty) return true;
    const std::int64_t outer = as_int(rows_.token.word);
    return holds(sparse_.comparison, as_int(crd), outer + sparse_.settings[0]);
  }

  RowCursor rows_{1};
};

// Leaves out coordinates under which a stream some levels deeper holds no payload. The coordinate
// is sent when the first payload of its row is popped; what is under it leaves as in `Kept`.
class DropCoordinates final : public RowWalker<DropCoordinates> {
 public:
  DropCoordinates(int number, const ContextSpec& spec, Fabric& fabric)
      : RowWalker(number, spec, fabric),
        rows_(sparse_.settings[0]),
        kept_(static_cast<int>(rows_.gap) - 1) {}

  bool step() {
    const Source& inner = sources_[1];
    if (!look(rows_, sources_[0], inner)) return false;
    if (rows_.at_stop()) return close();
    const Item token{inner.code(), inner.word()};
    if (!fire(rows_.taken, rows_.examined)) return false;
    if (rows_.kind == RowCursor::Kind::inside) {
      const bool tells = token.code == kValue;
      if (tells && !kept_.stays()) give(sinks_[0], rows_.token);
      kept_.take(token, tells);
    }
    if (rows_.kind == RowCursor::Kind::end) kept_.end();
    if (kept_.is_late()) give(sinks_[1], kept_.send());
    if (rows_.gap == 0) kept_.close();
    rows_.go_on();
    end();
    return true;
  }

 private:
  // A stop of both levels: it moves if nothing is late.
  bool close() {
    const bool is_done = rows_.kind == RowCursor::Kind::done;
    if (kept_.is_late() || (is_done && kept_.due())) {
      if (!fire({}, rows_.taken)) return false;
      if (is_done && kept_.due()) kept_.open();
      give(sinks_[1], kept_.send());
      end();
      return true;
    }
    if (is_done) return pass_on(rows_.taken);
    const int outer = sources_[0].code(), inner = sources_[1].code();
    if (!fire(rows_.taken)) return false;
    give(0, outer);
    give(1, inner);
    kept_.close();
    rows_.go_on();
    end();
    return true;
  }

  RowCursor rows_;
  Kept kept_;
};

// Leaves out values that are zero, with their coordinates.
class DropValues final : public Walker<DropValues> {
 public:
  using Walker::Walker;

  bool step() {
    const Source& crds = sources_[0];
    const Source& values = sources_[1];
    const std::array<const Source*, 2> both{&crds, &values};
    if (!there(crds, values)) return false;
    if (!crds.is_payload()) return pass_on(both);
    if (!expect(kValue, std::span(both).subspan(1), both)) return false;
    const Item crd{crds.code(), crds.word()}, value{values.code(), values.word()};
    if (!fire(both)) return false;
    if (value.code == kValue && !is_zero(value.word)) {
      give(sinks_[0], crd);
      give(sinks_[1], value);
    }
    end();
    return true;
  }

 private:
  // Both zeros of floats are.
  bool is_zero(Word value) const { return (sparse_.is_float ? value << 1 : value) == 0; }
};

// Leaves out the stops of the innermost levels, lowers the others.
class DropStops final : public Walker<DropStops> {
 public:
  using Walker::Walker;

  bool step() {
    const Source& stream = sources_[0];
    if (!there(stream)) return false;
    const Item token{stream.code(), stream.word()};
    if (token.code == kDone) return pass_on(std::array{&stream});
    if (!fire({&stream})) return false;
    const std::int64_t levels = sparse_.settings[0];
    if (token.code <= kValue) {
      give(sinks_[0], token);
    } else if (token.code >= levels) {
      give(0, static_cast<int>(token.code - levels));
    }
    end();
    return true;
  }
};

// Leaves out fibers without payload: of stops in a row the highest stays. Holds a token, which is
// sent when the next one is popped that is no stop behind a stop.
class DropFibers final : public Walker<DropFibers> {
 public:
  using Walker::Walker;

  bool step() {
    const Source& stream = sources_[0];
    if (!there(stream)) return false;
    const Item token{stream.code(), stream.word()};
    if (token.code == kDone) {
      if (!held_) return pass_on(std::array{&stream});
      if (!fire({}, {&stream})) return false;
      give(sinks_[0], *held_);
      held_.reset();
      end();
      return true;
    }
    if (!fire({&stream})) return false;
    if (held_ && held_->code > kDone && token.code > kDone) {
      held_->code = std::max(held_->code, token.code);
    } else {
      if (held_ && (has_begun_ || held_->code <= kValue)) give(sinks_[0], *held_);
      held_ = token;
    }
    has_begun_ |= token.code <= kValue;
    end();
    return true;
  }

 private:
  std::optional<Item> held_;
  bool has_begun_ = false;
};

}  // namespace

std::unique_ptr<Process> make_drop(int number, const ContextSpec& spec, Fabric& fabric) {
  switch (spec.kind) {
    case ContextKind::mask:
      return std::make_unique<MaskCoordinates>(number, spec, fabric);
    case ContextKind::drop_coordinates:
      return std::make_unique<DropCoordinates>(number, spec, fabric);
    case ContextKind::drop_values:
      return std::make_unique<DropValues>(number, spec, fabric);
    case ContextKind::drop_stops:
      return std::make_unique<DropStops>(number, spec, fabric);
    default:
      return std::make_unique<DropFibers>(number, spec, fabric);
  }
}

}  // namespace rdu::engine
