// How a level of a sparse tensor is stored: the positions of a fiber, and their coordinates.
#pragma once

#include <algorithm>

#include "engine/elements.hpp"
#include "engine/fabric.hpp"
#include "engine/sparse/bits.hpp"

namespace rdu::engine {

// A part of a primitive's storage: a tensor, or a memory of its unit.
struct Part {
  Elements elements;
  std::int32_t* indices;  // if it holds i32
  std::int64_t size;

  Part(const SparseSpec& spec, std::size_t part, const Fabric& fabric)
      : Part(spec.in_memory, static_cast<std::size_t>(spec.tensors[part]), fabric) {}

 private:
  Part(bool in_memory, std::size_t number, const Fabric& fabric)
      : elements(in_memory ? Elements(fabric.memories[number].words())
                           : Elements(fabric.spec.tensors[number])),
        indices(in_memory ? reinterpret_cast<std::int32_t*>(fabric.memories[number].words())
                          : static_cast<std::int32_t*>(fabric.spec.tensors[number].data)),
        size(in_memory ? fabric.spec.memories[number].words
                       : fabric.spec.tensors[number].elements) {}
};

class StoredLevel {
 public:
  StoredLevel(const SparseSpec& spec, const Fabric& fabric)
      : storage_(spec.storage), extent_(spec.extent) {
    for (std::size_t part = 0; part < spec.tensors.size(); ++part) {
      parts_.emplace_back(spec, part, fabric);
    }
  }

  struct Fiber {
    std::int64_t first, end;
  };
  // What makes no sense: a position in a part of the storage, and what it has to be below.
  struct Wrong {
    int part;
    std::int64_t value, extent;
  };

  // Finds a fiber; returns whether it could, else says what is wrong.
  bool find(std::int32_t reference, Fiber& fiber, Wrong& wrong) const {
    if (storage_ == Storage::dense) {
      if (!inside(0, reference, kMostIndex / extent_, wrong)) return false;
      fiber = {reference * extent_, (reference + 1) * extent_};
      return true;
    }
    if (storage_ == Storage::singleton) {
      fiber = {reference, std::int64_t{reference} + 1};
      return inside(0, reference, parts_[0].size, wrong);
    }
    if (storage_ == Storage::bitvector) return find_words(reference, fiber, wrong);
    if (!inside(0, reference, parts_[0].size - 1, wrong)) return false;
    fiber = {parts_[0].indices[reference], parts_[0].indices[reference + 1]};
    return inside(1, fiber.end, parts_[1].size + 1, wrong) &&
           inside(1, fiber.first, fiber.end + 1, wrong);
  }

  bool is_dense() const { return storage_ == Storage::dense; }
  bool is_bits() const { return storage_ == Storage::bitvector; }
  std::int64_t extent() const { return extent_; }
  const std::int32_t* coordinates() const { return parts_.back().indices; }
  Word coordinate(std::int64_t position, std::int64_t first) const {
    return static_cast<Word>(is_dense() ? position - first : coordinates()[position]);
  }
  // The reference of what is at a position of a fiber: of a word, that of its first bit.
  Word child(std::int64_t position, std::int64_t first) const {
    if (!is_bits()) return static_cast<Word>(position);
    auto reference = static_cast<Word>(parts_[0].indices[first / words()]);
    for (std::int64_t i = first; i < position; ++i) {
      reference += static_cast<Word>(std::popcount(static_cast<Word>(coordinates()[i])));
    }
    return reference;
  }
  // The reference of a coordinate of a fiber of bits, `N` if it has none.
  Item find_bit(std::int32_t crd, std::int64_t first) const {
    if (crd < 0 || crd >= extent_) return {kEmpty, 0};
    const std::int64_t position = first + crd / kWordBits;
    const auto word = static_cast<Word>(coordinates()[position]);
    return child_of(word, {kValue, child(position, first)}, crd % kWordBits);
  }

 private:
  // The words of a fiber of bits.
  std::int64_t words() const { return (extent_ + kWordBits - 1) / kWordBits; }
  bool find_words(std::int32_t reference, Fiber& fiber, Wrong& wrong) const {
    fiber = {reference * words(), (std::int64_t{reference} + 1) * words()};
    return inside(1, reference, parts_[0].size - 1, wrong) &&
           inside(2, fiber.end, parts_[1].size + 1, wrong) &&
           inside(1, parts_[0].indices[reference], kMostIndex + 2 - extent_, wrong);
  }

  static bool inside(int part, std::int64_t value, std::int64_t extent, Wrong& wrong) {
    if (0 <= value && value < extent) return true;
    wrong = {part, value, extent};
    return false;
  }

  Storage storage_;
  std::int64_t extent_;
  std::vector<Part> parts_;
};

}  // namespace rdu::engine
