// Positions from where a fiber begins to where it ends.
#include <numeric>

#include "engine/sparse/primitives.hpp"
#include "engine/sparse/runs.hpp"

namespace rdu::engine {

namespace {

// Sends the positions of each fiber; holds one fiber while it does, as a lookup does.
class Range final : public Walker<Range> {
 public:
  Range(int number, const ContextSpec& spec, Fabric& fabric) : Walker(number, spec, fabric) {
    for (const Source& source : sources_) both_.push_back(&source);
  }

  bool step() {
    if (is_open_ && at_ < end_) return send();
    const Source& first = sources_[0];
    const Source& last = sources_[1];
    if (!all_there(sources_)) return false;
    const int code = first.code();
    if (!expect(code, std::span(both_).subspan(1), both_)) return false;
    if (code == kDone && is_open_) return close(fire({}, both_), 0);
    if (code == kDone) return pass_on(both_);
    if (code > kDone) return close(fire(both_), code + 1);
    const bool absent = first.code() == kEmpty || last.code() == kEmpty;
    const std::int64_t begin = absent ? 0 : as_int(first.word());
    const std::int64_t end = absent ? 1 : as_int(last.word());
    if (!within(begin, end + 1, first, both_) || !fire(both_)) return false;
    const bool was_open = is_open_;
    is_open_ = true;
    absent_ = absent;
    at_ = begin;
    end_ = end;
    if (was_open) {
      give(0, 0);
    } else if (at_ < end_) {
      give_position();
    }
    this->end();
    return true;
  }

 private:
  // Ends a fiber, if that could fire.
  bool close(bool fires, int code) {
    if (!fires) return false;
    is_open_ = false;
    give(0, code);
    end();
    return true;
  }

  // Sends the next position, or several.
  bool send() {
    const std::int64_t count = absent_ ? 0 : givable(std::min(end_ - at_, kTurn));
    if (count > 1) {
      give_burst(0, count,
                 [&](Word* words) { std::iota(words, words + count, static_cast<Word>(at_)); });
      end_burst(count);
      at_ += count;
      return true;
    }
    if (!fire({})) return false;
    give_position();
    end();
    return true;
  }

  void give_position() {
    give(0, absent_ ? kEmpty : kValue, static_cast<Word>(at_));
    ++at_;
  }

  std::vector<const Source*> both_;
  bool is_open_ = false;
  bool absent_ = false;
  std::int64_t at_ = 0;
  std::int64_t end_ = 0;
};

}  // namespace

std::unique_ptr<Process> make_range(int number, const ContextSpec& spec, Fabric& fabric) {
  return std::make_unique<Range>(number, spec, fabric);
}

}  // namespace rdu::engine
