// Rings of power-of-two size whose items are numbered without end.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace rdu::engine {

inline std::size_t ring_size(std::int64_t items) {
  return std::bit_ceil(static_cast<std::size_t>(std::max<std::int64_t>(items, 4)));
}

// Leaves new elements as they are, so that memory is touched only when something is put there.
template <class Element>
struct Untouched : std::allocator<Element> {
  template <class Other>
  struct rebind {
    using other = Untouched<Other>;
  };
  template <class Other>
  void construct(Other* place) {
    ::new (static_cast<void*>(place)) Other;
  }
  template <class Other, class... Arguments>
  void construct(Other* place, Arguments&&... arguments) {
    ::new (static_cast<void*>(place)) Other(std::forward<Arguments>(arguments)...);
  }
};

template <class Element>
using Ring = std::vector<Element, Untouched<Element>>;

// Moves items [first, last), `width` elements each, into a ring of twice the size.
template <class Items>
void widen(Items& ring, std::int64_t first, std::int64_t last, std::size_t width = 1) {
  if (width == 0) return;
  const std::size_t old_mask = ring.size() / width - 1;
  const std::size_t new_mask = 2 * old_mask + 1;
  Items wider(ring.size() * 2);
  for (std::int64_t i = first; i < last; ++i) {
    const auto item = static_cast<std::size_t>(i);
    std::copy_n(ring.data() + (item & old_mask) * width, width,
                wider.data() + (item & new_mask) * width);
  }
  ring.swap(wider);
}

}  // namespace rdu::engine
