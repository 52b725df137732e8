#include "engine/recording/moment.hpp"

#include <algorithm>

namespace rdu::engine {

int Rows::take() {
  int row;
  if (free_.empty()) {
    row = static_cast<int>(sharers_.size());
    sharers_.push_back(0);
    cycles_.resize(cycles_.size() + slots_);
  } else {
    row = free_.back();
    free_.pop_back();
  }
  sharers_[number(row)] = 1;
  return row;
}

std::int64_t* Row::own() {
  if (number_ == kZero) {
    number_ = rows_->take();
    std::fill_n(rows_->cycles(number_), rows_->slots_, 0);
  } else if (sharers() != 1) {
    --sharers();
    const int shared = std::exchange(number_, rows_->take());
    std::copy_n(rows_->cycles(shared), rows_->slots_, rows_->cycles(number_));
  }
  return rows_->cycles(number_);
}

std::vector<std::int64_t> Row::copy() const {
  std::vector<std::int64_t> cycles(rows_->slots_, 0);
  if (number_ != kZero) std::copy_n(rows_->cycles(number_), cycles.size(), cycles.data());
  return cycles;
}

std::vector<std::int64_t> Moment::path() const {
  std::vector<std::int64_t> path = row_.copy();
  add_to(path.data());
  return path;
}

void Moment::settle() {
  add_to(row_.own());
  count_ = 0;
}

void Moment::add_to(std::int64_t* cycles) const {
  for (std::size_t i = 0; i < count_; ++i) cycles[slots_[i]] += cycles_[i];
}

}  // namespace rdu::engine
