// Fibers of several streams, one behind the other, then the stop that all have come to.
//
// A firing for each token of a row, which also waits for the stops at which the streams before
// stand. The stop between the rows of two streams takes a firing that pops nothing. A row under `N`
// is popped and not sent, but that of the first stream if all have `N`, for which it waits.
#include <algorithm>

#include "engine/sparse/primitives.hpp"
#include "engine/sparse/rows.hpp"

namespace rdu::engine {

namespace {

class Concatenate final : public RowWalker<Concatenate> {
 public:
  Concatenate(int number, const ContextSpec& spec, Fabric& fabric)
      : RowWalker(number, spec, fabric), gap_(sparse_.settings[0]) {
    const std::size_t width = sources_.size() / 2;
    rows_.assign(width, RowCursor(gap_));
    for (std::size_t n = 0; n < width; ++n) crds_.push_back(&sources_[n]);
    for (const Source& source : sources_) every_.push_back(&source);
  }

  bool step() {
    for (std::size_t side = side_; side < rows_.size(); ++side) {
      if (!look(rows_[side], crd(side), payload(side))) return false;
      if (!rows_[side].at_stop()) return move(side);
    }
    const int stop = crd(0).code();
    if (!expect(stop, std::span(crds_).subspan(1), crds_)) return false;
    if (stop == kDone) return pass_on(every_);
    if (!fire(every_)) return false;
    give(0, stop);
    give(1, stop + static_cast<int>(gap_));
    for (RowCursor& rows : rows_) rows.go_on();
    side_ = 0;
    is_open_ = false;
    end();
    return true;
  }

 private:
  const Source& crd(std::size_t side) const { return sources_[side]; }
  const Source& payload(std::size_t side) const { return sources_[rows_.size() + side]; }

  // Moves a token of a stream's row, or sends the stop in front of it.
  bool move(std::size_t side) {
    RowCursor& rows = rows_[side];
    looked_.assign(rows.examined.begin(), rows.examined.end());
    for (std::size_t n = 0; n < side; ++n) {
      looked_.push_back(&crd(n));
      looked_.push_back(&payload(n));
    }
    bool sends = sends_;
    if (rows.opens && !decide(side, sends)) return false;
    if (rows.opens && sends && is_open_ && gap_ > 0) return separate(side);
    const Item token{payload(side).code(), payload(side).word()};
    Item raised = rows.token;
    if (rows.opens && sends && raised.code == kValue) {
      const std::int64_t value = as_int(raised.word) + sparse_.settings[1 + side];
      if (!is_coordinate(value, crd(side), rows.taken)) return false;
      raised.word = static_cast<Word>(value);
    }
    if (!fire(rows.taken, looked_)) return false;
    if (sends) {
      if (rows.opens) give(sinks_[0], raised);
      if (rows.kind != RowCursor::Kind::empty) give(sinks_[1], token);
      is_open_ = rows.kind != RowCursor::Kind::end;
    }
    sends_ = sends;
    side_ = side;
    rows.go_on();
    end();
    return true;
  }

  // Tells whether a row is sent; false if it cannot.
  bool decide(std::size_t side, bool& sends) {
    sends = rows_[side].token.code != kEmpty;
    if (sends || side > 0) return true;
    if (!all_there(crds_)) return false;
    looked_.insert(looked_.end(), crds_.begin() + 1, crds_.end());
    sends = std::ranges::all_of(crds_, [](const Source* head) { return head->code() == kEmpty; });
    return true;
  }

  bool separate(std::size_t side) {
    looked_.insert(looked_.end(), rows_[side].taken.begin(), rows_[side].taken.end());
    if (!fire({}, looked_)) return false;
    give(1, static_cast<int>(gap_) - 1);
    side_ = side;
    is_open_ = false;
    end();
    return true;
  }

  const std::int64_t gap_;
  std::vector<RowCursor> rows_;
  std::vector<const Source*> crds_;
  std::vector<const Source*> every_;
  std::vector<const Source*> looked_;
  std::size_t side_ = 0;  // the stream whose turn it is
  bool sends_ = true;     // whether the row that it stands in is sent
  bool is_open_ = false;  // whether the last row that was sent has no stop behind it yet
};

}  // namespace

std::unique_ptr<Process> make_concat(int number, const ContextSpec& spec, Fabric& fabric) {
  return std::make_unique<Concatenate>(number, spec, fabric);
}

}  // namespace rdu::engine
