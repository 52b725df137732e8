// Events with their critical paths: how many of an event's cycles went to which slot.
//
// Most events are like the event that decided them, with a few cycles more. So a path is a row of
// cycles by slot, which many events share, and a few slots' cycles on top of it.
#pragma once

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "engine/specification.hpp"

namespace rdu::engine {

// Rows of cycles by slot, counted by the moments that share them.
class Rows {
 public:
  explicit Rows(int slots) : slots_(static_cast<std::size_t>(slots)) {}
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;

 private:
  friend class Row;

  static std::size_t number(int row) { return static_cast<std::size_t>(row); }
  std::int64_t* cycles(int row) { return cycles_.data() + number(row) * slots_; }
  int take();

  const std::size_t slots_;
  std::vector<std::int64_t> cycles_;  // row after row
  std::vector<std::int32_t> sharers_;
  std::vector<int> free_;
};

// A share of a row.
class Row {
 public:
  Row() = default;
  // The row of nothing but zeros.
  explicit Row(Rows& rows) : rows_(&rows) {}
  Row(const Row& other) : rows_(other.rows_), number_(other.number_) {
    if (number_ != kZero) ++sharers();
  }
  Row(Row&& other) noexcept : rows_(other.rows_), number_(std::exchange(other.number_, kZero)) {}
  Row& operator=(Row other) noexcept {
    std::swap(rows_, other.rows_);
    std::swap(number_, other.number_);
    return *this;
  }
  ~Row() {
    if (number_ != kZero && --sharers() == 0) rows_->free_.push_back(number_);
  }

  // The cycles by slot; where others share the row, of a copy that nobody else has.
  std::int64_t* own();
  std::vector<std::int64_t> copy() const;

 private:
  static constexpr int kZero = -1;  // takes no memory

  std::int32_t& sharers() const { return rows_->sharers_[Rows::number(number_)]; }

  Rows* rows_ = nullptr;
  int number_ = kZero;
};

// An event: its time, and the cycles of its path, which sum up to it.
class Moment {
 public:
  Moment() = default;
  // The start of a section.
  explicit Moment(Rows& rows) : row_(rows) {}

  Time time() const { return time_; }
  // The event so many cycles later, which go to a slot.
  Moment later(Time cycles, int slot) const& { return Moment(*this).later(cycles, slot); }
  Moment&& later(Time cycles, int slot) && {
    add(cycles, slot);
    return std::move(*this);
  }
  std::vector<std::int64_t> path() const;

 private:
  static constexpr int kOnTop = 12;

  void add(Time cycles, int slot) {
    if (cycles == 0) return;
    time_ += cycles;
    std::size_t i = 0;
    while (i < count_ && slots_[i] != slot) ++i;
    if (i == kOnTop) {
      settle();
      i = 0;
    }
    if (i == count_) {
      ++count_;
      slots_[i] = slot;
      cycles_[i] = 0;
    }
    cycles_[i] += cycles;
  }
  // Moves what is on top into a row of its own.
  void settle();
  void add_to(std::int64_t* cycles) const;

  Row row_;
  Time time_ = 0;
  std::size_t count_ = 0;
  std::array<int, kOnTop> slots_{};
  std::array<Time, kOnTop> cycles_{};
};

}  // namespace rdu::engine
