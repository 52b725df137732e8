// A walk of a stream that holds a token of a level `gap` above for each row, what is under it.
//
// The token is taken with the first of its row. Rows end with a stop of `gap - 1`. One of more
// levels goes together with a stop of the level above; where it ends a row without tokens, that
// row's token takes a firing more. With a gap of 0 a row is one token.
#pragma once

#include "engine/sparse/walker.hpp"

namespace rdu::engine {

struct RowCursor {
  enum class Kind {
    inside,  // a token of a row
    end,     // the stop of a row that another one follows
    empty,   // the token of a row without tokens, which has no stop of its own
    stop,    // of both levels
    done,
  };

  explicit RowCursor(std::int64_t gap_) : gap(gap_) {}

  std::int64_t gap;
  std::optional<Item> held;
  bool due = false;  // another row follows, and so a token of the level above

  // What the next firing moves, the token that its row is under, and whether that is taken now.
  Kind kind = Kind::done;
  Item token{};
  bool opens = false;
  std::vector<const Source*> taken;
  std::vector<const Source*> examined;

  bool at_stop() const { return kind == Kind::stop || kind == Kind::done; }

  // Goes on behind the firing.
  void go_on() {
    held.reset();
    due = kind == Kind::end;
    if (kind == Kind::empty || (kind == Kind::inside && gap > 0)) held = token;
  }
};

template <class Primitive>
class RowWalker : public Walker<Primitive> {
 public:
  using Walker<Primitive>::Walker;

 protected:
  // Says what the next firing is; false while a head is missing, or at a fault. `beside` is of the
  // shape of the stream below.
  bool look(RowCursor& rows, const Source& above, const Source& below,
            const Source* beside = nullptr) {
    if (!(beside == nullptr ? this->there(below) : this->there(below, *beside))) return false;
    rows.taken.assign({&below});
    if (beside != nullptr) rows.taken.push_back(beside);
    const int code = below.code();
    if (!this->expect(code, rows.taken, rows.taken)) return false;
    rows.examined.clear();
    rows.opens = false;
    if (rows.held) rows.token = *rows.held;
    if (code == kDone || code >= rows.gap) return look_above(rows, above, code);
    if (!rows.held) {
      if (!this->there(above)) return false;
      rows.taken.push_back(&above);
      if (!this->expect(kValue, std::array{&above}, rows.taken)) return false;
      rows.token = {above.code(), above.word()};
      rows.opens = true;
    }
    const bool is_inside = code <= kValue || code < rows.gap - 1;
    rows.kind = is_inside ? RowCursor::Kind::inside : RowCursor::Kind::end;
    return true;
  }

 private:
  bool look_above(RowCursor& rows, const Source& above, int code) {
    if (!this->there(above)) return false;
    if (code != kDone && rows.gap > 0 && !rows.held && above.is_payload()) {
      rows.kind = RowCursor::Kind::empty;
      rows.token = {above.code(), above.word()};
      rows.opens = true;
      rows.examined.swap(rows.taken);
      rows.taken.assign({&above});
      return true;
    }
    rows.taken.push_back(&above);
    rows.kind = code == kDone ? RowCursor::Kind::done : RowCursor::Kind::stop;
    const int stop = rows.due ? kValue : code - static_cast<int>(rows.gap);
    const int need = code == kDone ? kDone : stop;
    return this->expect(need, std::array{&above}, rows.taken);
  }
};

}  // namespace rdu::engine
