// Levels made of others, tokens that are numbered, and values as coordinates.
#include "engine/sparse/primitives.hpp"
#include "engine/sparse/rows.hpp"

namespace rdu::engine {

namespace {

std::int64_t floor_div(std::int64_t value, std::int64_t by) {
  return value / by - (value % by < 0);
}

// Sends for each payload its number in the stream. `N` stays.
class Number final : public Walker<Number> {
 public:
  using Walker::Walker;

  bool step() {
    const Source& stream = sources_[0];
    if (!there(stream)) return false;
    const int code = stream.code();
    if (code > kValue) return pass_on(std::array{&stream});
    if (!fire({&stream})) return false;
    give(0, code, code == kValue ? static_cast<Word>(count_++) : 0);
    end();
    return true;
  }

 private:
  std::int64_t count_ = 0;
};

// Sends each value as a coordinate below an extent; a negative one may count from the end.
class AsCoordinate final : public Walker<AsCoordinate> {
 public:
  AsCoordinate(int number, const ContextSpec& spec, Fabric& fabric)
      : Walker(number, spec, fabric),
        extent_(sparse_.settings[0]),
        wraps_(sparse_.settings[1] != 0) {}

  bool step() {
    const Source& values = sources_[0];
    if (!there(values)) return false;
    const int code = values.code();
    if (code > kValue) return pass_on(std::array{&values});
    const std::int64_t value = code == kEmpty ? 0 : as_int(values.word());
    const std::int64_t crd = wraps_ && value < 0 ? value + extent_ : value;
    const std::array<const Source*, 1> waits{&values};
    if (crd < 0 || crd >= extent_) return within(value, extent_, values, waits);
    if (!fire({&values})) return false;
    give(0, kValue, static_cast<Word>(crd));
    end();
    return true;
  }

 private:
  const std::int64_t extent_;
  const bool wraps_;
};

// Sends a chunk with the first coordinate in it. The stop between two chunks takes a firing that
// pops nothing, in front of the second.
template <class Token>
class Split final : public Walker<Split<Token>> {
  using Base = Walker<Split>;
  using Base::end, Base::expect, Base::fire, Base::give, Base::pass_on, Base::there;
  using Base::sinks_, Base::sources_, Base::sparse_;

 public:
  Split(int number, const ContextSpec& spec, Fabric& fabric)
      : Base(number, spec, fabric),
        factor_(sparse_.settings[0]),
        is_whole_(sparse_.settings[1] != 0) {}

  bool step() {
    const Source& crds = sources_[0];
    const Source& payloads = sources_[1];
    const std::array<const Source*, 2> both{&crds, &payloads};
    if (!there(crds, payloads)) return false;
    const Item crd = read<Item>(crds);
    const auto payload = read<Token>(payloads);
    if (crd.code == kDone) return pass_on(both);
    if (!expect(crd.code, std::span(both).subspan(1), both)) return false;
    if (crd.code > kDone) {
      if (!fire(both)) return false;
      give_stops(crd.code);
      return true;
    }
    const std::int64_t number = floor_div(as_int(crd.word), factor_);
    const Item chunk{crd.code, crd.code == kEmpty ? 0 : static_cast<Word>(number)};
    const bool is_same = chunk_ && chunk_->code == chunk.code && chunk_->word == chunk.word;
    if (chunk_ && !is_same) {
      if (!fire({}, both)) return false;
      give(1, 0);
      give(2, 0);
      chunk_.reset();
      end();
      return true;
    }
    if (!fire(both)) return false;
    if (!is_same) give(sinks_[0], chunk);
    give(sinks_[1], inside(crd, number));
    give(sinks_[2], payload);
    chunk_ = chunk;
    end();
    return true;
  }

 private:
  Item inside(Item crd, std::int64_t number) const {
    if (is_whole_ || crd.code == kEmpty) return crd;
    return {kValue, static_cast<Word>(as_int(crd.word) - number * factor_)};
  }
  void give_stops(int code) {
    give(0, code);
    give(1, code + 1);
    give(2, code + 1);
    chunk_.reset();
    end();
  }

  const std::int64_t factor_;
  const bool is_whole_;
  std::optional<Item> chunk_;
};

// Sends outer * factor + inner; the inner level's stops vanish.
class Flatten final : public RowWalker<Flatten> {
 public:
  using RowWalker::RowWalker;

  bool step() {
    const Source& outer = sources_[0];
    const Source& inner = sources_[1];
    if (!look(rows_, outer, inner)) return false;
    if (rows_.kind == RowCursor::Kind::done) return pass_on(rows_.taken);
    const bool sends = rows_.kind == RowCursor::Kind::inside && rows_.token.code == kValue &&
                       inner.code() == kValue;
    const int stop = rows_.kind == RowCursor::Kind::stop ? outer.code() : 0;
    std::int64_t crd = 0;
    if (sends) {
      crd = as_int(rows_.token.word) * sparse_.settings[0] + as_int(inner.word());
      if (!is_coordinate(crd, inner, rows_.taken)) return false;
    }
    if (!fire(rows_.taken, rows_.examined)) return false;
    if (sends) give(0, kValue, static_cast<Word>(crd));
    if (rows_.kind == RowCursor::Kind::stop) give(0, stop);
    rows_.go_on();
    end();
    return true;
  }

 private:
  RowCursor rows_{1};
};

}  // namespace

std::unique_ptr<Process> make_shape(int number, const ContextSpec& spec, Fabric& fabric) {
  switch (spec.kind) {
    case ContextKind::number:
      return std::make_unique<Number>(number, spec, fabric);
    case ContextKind::as_coordinate:
      return std::make_unique<AsCoordinate>(number, spec, fabric);
    case ContextKind::split:
      if (is_wide(spec, 1)) return std::make_unique<Split<WideItem>>(number, spec, fabric);
      return std::make_unique<Split<Item>>(number, spec, fabric);
    default:
      return std::make_unique<Flatten>(number, spec, fabric);
  }
}

}  // namespace rdu::engine
