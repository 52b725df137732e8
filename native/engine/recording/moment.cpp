#include "engine/recording/moment.hpp"

#include <algorithm>
#include <utility>

namespace rdu::engine {

int Rows::own(int row) {
  if (row != kZero && sharers_[number(row)] == 1) return row;
  int copy;
  if (free_.empty()) {
    copy = static_cast<int>(sharers_.size());
    sharers_.push_back(0);
    cycles_.resize(cycles_.size() + slots_);
  } else {
    copy = free_.back();
    free_.pop_back();
  }
  sharers_[number(copy)] = 1;
  if (row == kZero) {
    std::fill_n((*this)[copy], slots_, 0);
  } else {
    std::copy_n((*this)[row], slots_, (*this)[copy]);
    leave(row);
  }
  return copy;
}

std::vector<std::int64_t> Moment::path() const {
  std::vector<std::int64_t> path(rows_->slots(), 0);
  if (row_ != Rows::kZero) std::copy_n((*rows_)[row_], path.size(), path.data());
  add_to(path.data());
  return path;
}

void Moment::swap(Moment& other) noexcept {
  std::swap(rows_, other.rows_);
  std::swap(time_, other.time_);
  std::swap(row_, other.row_);
  std::swap(count_, other.count_);
  std::swap(slots_, other.slots_);
  std::swap(cycles_, other.cycles_);
}

void Moment::settle() {
  row_ = rows_->own(row_);
  add_to((*rows_)[row_]);
  count_ = 0;
}

void Moment::add_to(std::int64_t* cycles) const {
  for (std::size_t i = 0; i < static_cast<std::size_t>(count_); ++i) {
    cycles[slots_[i]] += cycles_[i];
  }
}

}  // namespace rdu::engine
