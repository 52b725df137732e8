// A queue that keeps its memory: items come and go without allocation once it has been as long.
#pragma once

#include <utility>
#include <vector>

#include "engine/ring.hpp"

namespace rdu::engine {

template <class Item>
class Queue {
 public:
  bool empty() const { return first_ == end_; }
  Item& front() { return ring_[first_ & mask()]; }
  Item& back() { return ring_[(end_ - 1) & mask()]; }
  // The i-th item from the front.
  Item& operator[](std::int64_t i) {
    return ring_[(first_ + static_cast<std::size_t>(i)) & mask()];
  }
  void push(Item item) {
    if (end_ - first_ == ring_.size()) grow();
    ring_[end_++ & mask()] = std::move(item);
  }
  Item pop() { return std::move(ring_[first_++ & mask()]); }

 private:
  std::size_t mask() const { return ring_.size() - 1; }
  void grow() {
    std::vector<Item> wider(ring_.size() * 2);
    for (std::size_t i = first_; i != end_; ++i) {
      wider[i & (wider.size() - 1)] = std::move(ring_[i & mask()]);
    }
    ring_.swap(wider);
  }

  std::vector<Item> ring_ = std::vector<Item>(ring_size(0));
  std::size_t first_ = 0;
  std::size_t end_ = 0;
};

}  // namespace rdu::engine
