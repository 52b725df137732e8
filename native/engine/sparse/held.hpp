// A walk of a stream that holds a token of the level above for each fiber.
//
// The token is taken with the first of its fiber. A stop that ends fibers of the level above as
// well goes together with theirs; an empty fiber there takes a firing more for its token. Behind S0
// there has to be a token of the level above.
#pragma once

#include "engine/sparse/source.hpp"

namespace rdu::engine {

enum class HeldKind {
  payload,    // of the stream, under `token`
  fiber_end,  // S0: the fiber of `token` ends
  empty,      // the token of an empty fiber, which no stop of the stream goes with
  stop,       // of both levels; the fiber of `token` ends, if there is one
  done,
};

// What is held is an `Item`, or a `WideItem` of a stream of vectors.
template <class Token>
class HeldToken {
 public:
  using Kind = HeldKind;

  // Whether the next firing needs a token of the level above, as the head below tells.
  bool needs_above(const Source& below) const {
    const int code = below.code();
    return !(holds_ && (code <= kValue || code == 0));
  }
  // What the next firing is; the heads that it needs are there.
  Kind look(const Source& above, const Source& below) {
    const int code = below.code();
    takes_ = false;
    if (code <= kValue || code == 0) {
      takes_ = !holds_;
      next_ = holds_ ? token_ : read<Token>(above);
      return code == 0 ? Kind::fiber_end : Kind::payload;
    }
    if (code == kDone) return Kind::done;
    if (!holds_ && above.is_payload()) {
      next_ = read<Token>(above);
      return Kind::empty;
    }
    next_ = token_;
    return Kind::stop;
  }

  // The token in question: what is held, or taken now.
  const Token& token() const { return next_; }
  // Whether a payload or a fiber's end takes it now.
  bool takes() const { return takes_; }
  // Whether a stop ends a fiber that there is.
  bool holds() const { return holds_; }
  // What a stop goes together with in the stream above, which is a fault if it is not there.
  int need(int stop) const { return due_ ? kValue : stop - 1; }

  // Goes on behind a firing.
  void took(Kind kind) {
    holds_ = kind == Kind::payload || kind == Kind::empty;
    due_ = kind == Kind::fiber_end;
    token_ = next_;
  }

 private:
  bool holds_ = false;
  bool takes_ = false;
  bool due_ = false;
  Token token_{};
  Token next_{};
};

using Held = HeldToken<Item>;

}  // namespace rdu::engine
