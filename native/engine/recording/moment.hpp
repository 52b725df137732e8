// Events with their critical paths: how many of an event's cycles went to which slot.
//
// Most events are like the event that decided them, with a few cycles more. So a path is a row of
// cycles by slot, which many events share, and a few slots' cycles on top of it.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "engine/specification.hpp"

namespace rdu::engine {

// Rows of cycles by slot, counted by the moments that share them.
class Rows {
 public:
  static constexpr int kZero = -1;  // the row of nothing but zeros, which takes no memory

  explicit Rows(int slots) : slots_(static_cast<std::size_t>(slots)) {}
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;

  std::size_t slots() const { return slots_; }
  std::int64_t* operator[](int row) { return cycles_.data() + number(row) * slots_; }
  void share(int row) {
    if (row != kZero) ++sharers_[number(row)];
  }
  void leave(int row) {
    if (row != kZero && --sharers_[number(row)] == 0) free_.push_back(row);
  }
  // Returns a row that is as another for a moment that shares that one and then has its own.
  int own(int row);

 private:
  static std::size_t number(int row) { return static_cast<std::size_t>(row); }

  const std::size_t slots_;
  std::vector<std::int64_t> cycles_;  // row after row
  std::vector<std::int32_t> sharers_;
  std::vector<int> free_;
};

// An event: its time, and the cycles of its path, which sum up to it.
class Moment {
 public:
  Moment() = default;
  // The start of a section.
  explicit Moment(Rows& rows) : rows_(&rows) {}
  Moment(const Moment& other)
      : rows_(other.rows_),
        time_(other.time_),
        row_(other.row_),
        count_(other.count_),
        slots_(other.slots_),
        cycles_(other.cycles_) {
    if (rows_ != nullptr) rows_->share(row_);
  }
  Moment(Moment&& other) noexcept : Moment() { swap(other); }
  Moment& operator=(Moment other) noexcept {
    swap(other);
    return *this;
  }
  ~Moment() {
    if (rows_ != nullptr) rows_->leave(row_);
  }

  Time time() const { return time_; }
  // The event so many cycles later, which go to a slot.
  Moment later(Time cycles, int slot) const {
    Moment next(*this);
    next.add(cycles, slot);
    return next;
  }
  std::vector<std::int64_t> path() const;

 private:
  static constexpr int kOnTop = 6;

  void swap(Moment& other) noexcept;
  void add(Time cycles, int slot) {
    if (cycles == 0) return;
    time_ += cycles;
    int i = 0;
    while (i < count_ && slots_[static_cast<std::size_t>(i)] != slot) ++i;
    if (i == count_) {
      if (count_ == kOnTop) {
        settle();
        i = 0;
      }
      ++count_;
      slots_[static_cast<std::size_t>(i)] = slot;
      cycles_[static_cast<std::size_t>(i)] = 0;
    }
    cycles_[static_cast<std::size_t>(i)] += cycles;
  }
  // Moves what is on top into a row of its own.
  void settle();
  void add_to(std::int64_t* cycles) const;

  Rows* rows_ = nullptr;
  Time time_ = 0;
  int row_ = Rows::kZero;
  int count_ = 0;
  std::array<int, kOnTop> slots_;
  std::array<Time, kOnTop> cycles_;
};

}  // namespace rdu::engine
