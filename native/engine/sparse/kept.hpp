// The tokens of rows that are known to stay of a stream some of whose rows are dropped, and are not
// sent yet.
//
// A firing pops a token and sends the oldest one that is late. In front of a stop of the rows'
// level, what is late is sent by firings that pop nothing.
#pragma once

#include <deque>
#include <vector>

#include "engine/sparse/source.hpp"

namespace rdu::engine {

// What is kept are `Item`s, or `WideItem`s of a stream of vectors.
template <class Token>
class KeptTokens {
 public:
  // `between` is the stop that stands between two rows.
  explicit KeptTokens(int between) : between_(between) {}

  // Whether the row is known to stay.
  bool stays() const { return stays_; }
  bool is_late() const { return !late_.empty(); }
  // Whether a stop comes in front of the next row that stays.
  bool due() const { return due_; }

  // Takes a token of a row, which `tells` whether the row stays for it.
  void take(const Token& token, bool tells) {
    if (!stays_ && !tells) {
      lead_.push_back(token);
      return;
    }
    if (!stays_) {
      open();
      late_.insert(late_.end(), lead_.begin(), lead_.end());
      lead_.clear();
    }
    late_.push_back(token);
  }
  // The next row is known to stay, without tokens of it.
  void open() {
    if (due_) late_.emplace_back().code = between_;
    stays_ = true;
    due_ = false;
  }
  // A row has ended.
  void end() {
    due_ = due_ || stays_;
    stays_ = false;
    lead_.clear();
  }
  // A fiber of rows has ended, whose stop ends the last row.
  void close() {
    end();
    due_ = false;
  }
  // The oldest token that is late, which is sent now.
  Token send() {
    const Token token = late_.front();
    late_.pop_front();
    return token;
  }

 private:
  const int between_;
  std::deque<Token> late_;
  std::vector<Token> lead_;  // of a row that is not known to stay
  bool stays_ = false;
  bool due_ = false;
};

using Kept = KeptTokens<Item>;

}  // namespace rdu::engine
