// Totals in a tree of coordinates, added to in any order, read in the order of coordinates.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "engine/sparse/source.hpp"

namespace rdu::engine {

class CoordinateTree {
 public:
  static constexpr std::int32_t kRoot = 0;
  static constexpr std::int32_t kNone = -1;

  explicit CoordinateTree(Word identity) : identity_(identity), table_(kLeast, kNone) { clear(); }

  // The node of a coordinate under a node, which is made if there is none.
  std::int32_t child(std::int32_t parent, std::int32_t crd) {
    const std::size_t slot = slot_of(parent, crd);
    if (table_[slot] != kNone) return table_[slot];
    const auto made = static_cast<std::int32_t>(nodes_.size());
    nodes_.push_back({parent, crd, identity_});
    table_[slot] = made;
    if (nodes_.size() * 2 > table_.size()) grow();
    return made;
  }
  // The same, `kNone` if there is none.
  std::int32_t find(std::int32_t parent, std::int32_t crd) const {
    return table_[slot_of(parent, crd)];
  }
  // How many coordinates there are, of all levels.
  std::int64_t size() const { return static_cast<std::int64_t>(nodes_.size()) - 1; }
  Word& total(std::int32_t node) { return nodes_[static_cast<std::size_t>(node)].total; }

  // Puts the children of each node side by side in order; nothing may be added before `clear`.
  void sort() {
    order_.resize(nodes_.size() - 1);
    for (std::size_t i = 0; i < order_.size(); ++i) order_[i] = static_cast<std::int32_t>(i + 1);
    std::ranges::sort(order_, [this](std::int32_t a, std::int32_t b) {
      const Node& left = nodes_[static_cast<std::size_t>(a)];
      const Node& right = nodes_[static_cast<std::size_t>(b)];
      return std::pair(left.parent, left.crd) < std::pair(right.parent, right.crd);
    });
    first_.assign(nodes_.size() + 1, 0);
    for (std::int32_t node : order_) {
      ++first_[static_cast<std::size_t>(nodes_[static_cast<std::size_t>(node)].parent) + 1];
    }
    for (std::size_t i = 1; i < first_.size(); ++i) first_[i] += first_[i - 1];
  }
  // Calls `visit(node, crd, total, is_last)` for each child of a node, in order.
  template <class Visit>
  void each_child(std::int32_t parent, Visit&& visit) const {
    const std::size_t end = first_[static_cast<std::size_t>(parent) + 1];
    for (std::size_t i = first_[static_cast<std::size_t>(parent)]; i < end; ++i) {
      const Node& node = nodes_[static_cast<std::size_t>(order_[i])];
      visit(order_[i], node.crd, node.total, i + 1 == end);
    }
  }
  void clear() {
    // A large table stays only if the tree was large: clearing it costs its size.
    const std::size_t size =
        std::max(kLeast, table_.size() / (nodes_.size() * 8 < table_.size() ? 2 : 1));
    table_.assign(size, kNone);
    nodes_.assign(1, {-1, 0, identity_});
  }

 private:
  static constexpr std::size_t kLeast = 64;

  struct Node {
    std::int32_t parent;
    std::int32_t crd;
    Word total;
  };

  static std::size_t hash(std::int32_t parent, std::int32_t crd) {
    const auto key = static_cast<std::uint64_t>(static_cast<std::uint32_t>(parent)) << 32 |
                     static_cast<std::uint32_t>(crd);
    return static_cast<std::size_t>(key * 0x9E3779B97F4A7C15u >> 20);
  }
  // Where in the table a node is, or would be.
  std::size_t slot_of(std::int32_t parent, std::int32_t crd) const {
    std::size_t slot = hash(parent, crd) & (table_.size() - 1);
    while (table_[slot] != kNone) {
      const Node& node = nodes_[static_cast<std::size_t>(table_[slot])];
      if (node.parent == parent && node.crd == crd) break;
      slot = (slot + 1) & (table_.size() - 1);
    }
    return slot;
  }
  void grow() {
    table_.assign(table_.size() * 2, kNone);
    for (std::size_t node = 1; node < nodes_.size(); ++node) {
      std::size_t slot = hash(nodes_[node].parent, nodes_[node].crd) & (table_.size() - 1);
      while (table_[slot] != kNone) slot = (slot + 1) & (table_.size() - 1);
      table_[slot] = static_cast<std::int32_t>(node);
    }
  }

  const Word identity_;
  std::vector<Node> nodes_;
  std::vector<std::int32_t> table_;
  std::vector<std::int32_t> order_;
  std::vector<std::size_t> first_;
};

}  // namespace rdu::engine
