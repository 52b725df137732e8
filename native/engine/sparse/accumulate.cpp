// Fibers merged by their coordinates: a reduction over a level that is not the innermost.
//
// What leaves does not hold up what comes, but for the buffers of its memory, if it has one: the
// first firing of a tree waits until so many trees before it have left. Levels are numbered from 0,
// the one that is reduced; of each but the innermost, a token is held for its fiber, taken with the
// first token below it. It has to follow where the fiber before ended alone.
#include <algorithm>
#include <optional>

#include "engine/sparse/coordinate_tree.hpp"
#include "engine/sparse/primitives.hpp"

namespace rdu::engine {

namespace {

template <bool kWide>
class Accumulate final : public Walker<Accumulate<kWide>> {
  using Base = Walker<Accumulate>;
  using Base::end, Base::expect, Base::fire, Base::give, Base::give_lanes, Base::inside;
  using Base::pass_on, Base::sources_, Base::sparse_, Base::take_lanes, Base::there;
  using Base::weight_;

 public:
  Accumulate(int number, const ContextSpec& spec, Fabric& fabric)
      : Base(number, spec, fabric, trees_of(*spec.sparse, fabric)),
        room_(spec.sparse->in_memory ? memory_of(*spec.sparse, fabric).words : kNoLimit),
        order_(sources_.size() - 2),
        held_(order_),
        after_(order_),
        due_(order_, false),
        due_after_(order_, false),
        tree_(sparse_.identity) {}

  bool step() {
    if (!there(innermost(), values())) return false;
    weight_ = is_fresh_ && innermost().code() != kDone;
    const int code = innermost().code();
    const std::array<const Source*, 2> both{&innermost(), &values()};
    if (!expect(code, std::span(both).subspan(1), both)) return false;
    after_ = held_;
    due_after_ = due_;
    taken_.clear();
    if (code == kDone) return done();
    if (code > kDone) return close(code);
    if (!take_above(order_)) return false;
    const Item last{code, innermost().word()};
    take_value();
    taken_.push_back(&innermost());
    taken_.push_back(&values());
    if (!fits(order_, last) || !fire(taken_, {}, false)) return false;
    is_fresh_ = false;
    hold();
    if (std::optional<std::int32_t> node = path(order_); node && last.code == kValue) {
      add(*node, as_int(last.word));
    }
    return true;
  }

 private:
  static constexpr std::int64_t kNoLimit = std::int64_t{1} << 62;

  static const MemorySpec& memory_of(const SparseSpec& spec, const Fabric& fabric) {
    return fabric.spec.memories[static_cast<std::size_t>(spec.tensors.front())];
  }
  static std::int64_t trees_of(const SparseSpec& spec, const Fabric& fabric) {
    return spec.in_memory ? memory_of(spec, fabric).buffers : 0;
  }

  // Whether the memory has room for what is held of so many levels, and a coordinate below; else
  // this is a fault.
  bool fits(std::size_t levels, std::optional<Item> last = std::nullopt) {
    if (room_ == kNoLimit || after_[0]->code == kEmpty) return true;
    std::int64_t size = tree_.size() + leaves_ * (sparse_.lanes - 1);
    std::int32_t node = CoordinateTree::kRoot;
    bool is_there = true;
    const auto count = [&](Item crd, std::int64_t words) {
      is_there = is_there && crd.code == kValue;
      if (!is_there) return;
      if (node != CoordinateTree::kNone) node = tree_.find(node, as_int(crd.word));
      if (node == CoordinateTree::kNone) size += words;
    };
    for (std::size_t level = 1; level < levels; ++level) count(*after_[level], 1);
    if (last) count(*last, sparse_.lanes);
    return inside(0, std::max<std::int64_t>(size, 1) - 1, room_, taken_);
  }

  // -- values, of which the wide ones are in `totals_` by node
  void take_value() {
    if constexpr (kWide) {
      take_lanes(values(), value_.data());
    } else {
      value_ = values().code() == kEmpty ? 0 : values().word();
    }
  }
  void add(std::int32_t parent, std::int32_t crd) {
    if constexpr (kWide) {
      const auto lanes = static_cast<std::size_t>(sparse_.lanes);
      const std::int64_t before = tree_.size();
      const auto node = static_cast<std::size_t>(tree_.child(parent, crd));
      leaves_ += tree_.size() > before;
      if (totals_.size() < (node + 1) * lanes) totals_.resize((node + 1) * lanes, sparse_.identity);
      Word* total = &totals_[node * lanes];
      sparse_.function->loop(total, total, value_.data(), value_.data(), lanes);
    } else {
      Word& total = tree_.total(tree_.child(parent, crd));
      total = sparse_.function->single(total, value_, 0);
    }
  }
  void give_total(std::int32_t node, Word total) {
    if constexpr (kWide) {
      give_lanes(order_, &totals_[static_cast<std::size_t>(node * sparse_.lanes)]);
    } else {
      give(order_, kValue, total);
    }
  }

  const Source& innermost() const { return sources_[order_]; }
  const Source& values() const { return sources_[order_ + 1]; }

  bool done() {
    for (std::size_t level = 0; level < order_; ++level) {
      if (!there(sources_[level])) return false;
    }
    for (const Source& source : sources_) taken_.push_back(&source);
    return pass_on(taken_);
  }

  // Makes the firing that a stop of the innermost level leads to.
  bool close(int stop) {
    taken_.push_back(&innermost());
    taken_.push_back(&values());
    for (std::size_t level = order_; level-- > 0;) {
      const Source& head = sources_[level];
      const int ends = static_cast<int>(order_ - level);
      const bool is_last = stop < ends;
      if (!held_[level]) {
        if (!there(head)) return false;
        if (head.is_payload()) {
          const std::vector<const Source*> below = taken_;
          if (!is_last) taken_.clear();
          if (!take_above(level + 1)) return false;
          if (!is_last) return take_empty(level, below);
          added_ = level;
        } else if (is_last || due_[level]) {
          return expect(kValue, std::array{&head}, std::array{&head});
        }
      }
      if (is_last) return let_go(level);
      after_[level].reset();
      if (!there(head)) return false;
      if (!expect(stop - ends, std::array{&head}, std::array{&head})) return false;
      taken_.push_back(&head);
    }
    if (!fire(taken_)) return false;
    is_fresh_ = true;
    hold();
    drain_tree(stop - static_cast<int>(order_));
    end();
    return true;
  }

  // Takes a token under which there is nothing, while a stop of more levels waits.
  bool take_empty(std::size_t level, const std::vector<const Source*>& below) {
    if (!fits(level + 1) || !fire(taken_, below, false)) return false;
    is_fresh_ = false;
    hold();
    path(level + 1);
    return true;
  }

  // Ends a fiber of a level: its token, taken now if there was nothing under it.
  bool let_go(std::size_t level) {
    if (added_ && !fits(*added_ + 1)) return false;
    if (!fire(taken_, {}, false)) return false;
    is_fresh_ = false;
    hold();
    if (added_) path(level + 1);
    added_.reset();
    held_[level].reset();
    due_[level] = true;
    return true;
  }

  // Goes on behind a firing.
  void hold() {
    held_ = after_;
    due_ = due_after_;
  }

  // Takes the tokens of the levels outside of one that are not held.
  bool take_above(std::size_t level) {
    while (level-- > 0 && !after_[level]) {
      const Source& head = sources_[level];
      if (!there(head) || !expect(kValue, std::array{&head}, std::array{&head})) return false;
      after_[level] = Item{head.code(), head.word()};
      due_after_[level] = false;
      taken_.push_back(&head);
    }
    return true;
  }

  // The node of what is held of so many levels, made if there is none; nothing if one is absent.
  std::optional<std::int32_t> path(std::size_t levels) {
    std::int32_t node = CoordinateTree::kRoot;
    if (held_[0]->code == kEmpty) return std::nullopt;
    for (std::size_t level = 1; level < levels; ++level) {
      if (held_[level]->code == kEmpty) return std::nullopt;
      node = tree_.child(node, as_int(held_[level]->word));
    }
    return node;
  }

  // Gives the tree, level by level.
  void drain_tree(int stop) {
    tree_.sort();
    drain_node(CoordinateTree::kRoot, 0, stop);
    tree_.clear();
    totals_.clear();
    leaves_ = 0;
  }
  void drain_node(std::int32_t node, std::size_t role, int stop) {
    bool is_empty = true;
    tree_.each_child(node, [&](std::int32_t child, std::int32_t crd, Word total, bool is_last) {
      is_empty = false;
      give(role, kValue, static_cast<Word>(crd));
      if (role + 1 == order_) {
        give_total(child, total);
      } else {
        drain_node(child, role + 1, is_last ? stop + 1 : 0);
      }
    });
    give(role, stop);
    if (role + 1 == order_) give(order_, stop);
    if (!is_empty) return;
    for (std::size_t below = role + 1; below < order_; ++below) {
      give(below, ++stop);
      if (below + 1 == order_) give(order_, stop);
    }
  }

  const std::int64_t room_;
  const std::size_t order_;
  bool is_fresh_ = true;  // nothing has come since the last tree left
  std::vector<std::optional<Item>> held_;
  std::vector<std::optional<Item>> after_;
  std::vector<bool> due_;  // whether the token of a level has to follow
  std::vector<bool> due_after_;
  std::vector<const Source*> taken_;
  std::optional<std::size_t> added_;
  CoordinateTree tree_;
  std::conditional_t<kWide, std::array<Word, kMaxLanes>, Word> value_{};
  std::vector<Word> totals_;
  std::int64_t leaves_ = 0;
};

}  // namespace

std::unique_ptr<Process> make_accumulate(int number, const ContextSpec& spec, Fabric& fabric) {
  if (spec.sparse->lanes > 1) return std::make_unique<Accumulate<true>>(number, spec, fabric);
  return std::make_unique<Accumulate<false>>(number, spec, fabric);
}

}  // namespace rdu::engine
