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
template <class Token>
class MaskCoordinates final : public RowWalker<MaskCoordinates<Token>> {
  using Base = RowWalker<MaskCoordinates>;
  using Base::end, Base::fire, Base::give, Base::look, Base::pass_on;
  using Base::sinks_, Base::sources_, Base::sparse_;

 public:
  using Base::Base;

  bool step() {
    const Source& crds = sources_[1];
    const Source& payloads = sources_[2];
    if (!look(rows_, sources_[0], crds, &payloads)) return false;
    if (rows_.kind == RowCursor::Kind::done) return pass_on(rows_.taken);
    const Item crd = read<Item>(crds);
    const auto payload = read<Token>(payloads);
    if (!fire(rows_.taken, rows_.examined)) return false;
    const bool passes = rows_.kind == RowCursor::Kind::inside
                            ? admits(crd.word, crd.code)
                            : rows_.kind != RowCursor::Kind::empty;
    if (passes) {
      give(sinks_[0], crd);
      give(sinks_[1], payload);
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
template <class Token>
class DropCoordinates final : public RowWalker<DropCoordinates<Token>> {
  using Base = RowWalker<DropCoordinates>;
  using Base::end, Base::fire, Base::give, Base::look, Base::pass_on;
  using Base::sinks_, Base::sources_, Base::sparse_;

 public:
  DropCoordinates(int number, const ContextSpec& spec, Fabric& fabric)
      : Base(number, spec, fabric),
        rows_(sparse_.settings[0]),
        kept_(static_cast<int>(rows_.gap) - 1) {}

  bool step() {
    const Source& inner = sources_[1];
    if (!look(rows_, sources_[0], inner)) return false;
    if (rows_.at_stop()) return close();
    const auto token = read<Token>(inner);
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
  KeptTokens<Token> kept_;
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
template <class Token>
class DropStops final : public Walker<DropStops<Token>> {
 public:
  using Walker<DropStops>::Walker;

  bool step() {
    const Source& stream = this->sources_[0];
    if (!this->there(stream)) return false;
    const auto token = read<Token>(stream);
    if (token.code == kDone) return this->pass_on(std::array{&stream});
    if (!this->fire({&stream})) return false;
    const std::int64_t levels = this->sparse_.settings[0];
    if (token.code <= kValue) {
      this->give(this->sinks_[0], token);
    } else if (token.code >= levels) {
      this->give(0, static_cast<int>(token.code - levels));
    }
    this->end();
    return true;
  }
};

// Leaves out fibers without payload: of stops in a row the highest stays. Holds a token, which is
// sent when the next one is popped that is no stop behind a stop.
template <class Token>
class DropFibers final : public Walker<DropFibers<Token>> {
 public:
  using Walker<DropFibers>::Walker;

  bool step() {
    const Source& stream = this->sources_[0];
    if (!this->there(stream)) return false;
    const auto token = read<Token>(stream);
    if (token.code == kDone) {
      if (!held_) return this->pass_on(std::array{&stream});
      if (!this->fire({}, {&stream})) return false;
      this->give(this->sinks_[0], *held_);
      held_.reset();
      this->end();
      return true;
    }
    if (!this->fire({&stream})) return false;
    if (held_ && held_->code > kDone && token.code > kDone) {
      held_->code = std::max(held_->code, token.code);
    } else {
      if (held_ && (has_begun_ || held_->code <= kValue)) this->give(this->sinks_[0], *held_);
      held_ = token;
    }
    has_begun_ |= token.code <= kValue;
    this->end();
    return true;
  }

 private:
  std::optional<Token> held_;
  bool has_begun_ = false;
};

}  // namespace

std::unique_ptr<Process> make_drop(int number, const ContextSpec& spec, Fabric& fabric) {
  switch (spec.kind) {
    case ContextKind::mask:
      if (is_wide(spec, 2))
        return std::make_unique<MaskCoordinates<WideItem>>(number, spec, fabric);
      return std::make_unique<MaskCoordinates<Item>>(number, spec, fabric);
    case ContextKind::drop_coordinates:
      if (is_wide(spec, 1))
        return std::make_unique<DropCoordinates<WideItem>>(number, spec, fabric);
      return std::make_unique<DropCoordinates<Item>>(number, spec, fabric);
    case ContextKind::drop_values:
      return std::make_unique<DropValues>(number, spec, fabric);
    case ContextKind::drop_stops:
      if (is_wide(spec, 0)) return std::make_unique<DropStops<WideItem>>(number, spec, fabric);
      return std::make_unique<DropStops<Item>>(number, spec, fabric);
    default:
      if (is_wide(spec, 0)) return std::make_unique<DropFibers<WideItem>>(number, spec, fabric);
      return std::make_unique<DropFibers<Item>>(number, spec, fabric);
  }
}

}  // namespace rdu::engine
