// How a level of a sparse tensor is stored: the positions of a fiber, and their coordinates.
#pragma once

#include <algorithm>
#include <limits>

#include "engine/fabric.hpp"

namespace rdu::engine {

class StoredLevel {
 public:
  StoredLevel(const SparseSpec& spec, const Fabric& fabric)
      : storage_(spec.storage), extent_(spec.extent) {
    for (int number : spec.tensors) {
      const TensorSpec& tensor = fabric.tensor(number);
      parts_.push_back({static_cast<const std::int32_t*>(tensor.data), tensor.elements});
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
      if (!inside(0, reference, kMost / extent_, wrong)) return false;
      fiber = {reference * extent_, (reference + 1) * extent_};
      return true;
    }
    if (storage_ == Storage::singleton) {
      fiber = {reference, std::int64_t{reference} + 1};
      return inside(0, reference, parts_[0].elements, wrong);
    }
    if (!inside(0, reference, parts_[0].elements - 1, wrong)) return false;
    fiber = {parts_[0].words[reference], parts_[0].words[reference + 1]};
    return inside(1, fiber.end, parts_[1].elements + 1, wrong) &&
           inside(1, fiber.first, fiber.end + 1, wrong);
  }

  bool is_dense() const { return storage_ == Storage::dense; }
  std::int64_t extent() const { return extent_; }
  const std::int32_t* coordinates() const { return parts_.back().words; }
  Word coordinate(std::int64_t position, std::int64_t first) const {
    return static_cast<Word>(is_dense() ? position - first : coordinates()[position]);
  }

 private:
  static constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();

  struct Part {
    const std::int32_t* words;
    std::int64_t elements;
  };

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
