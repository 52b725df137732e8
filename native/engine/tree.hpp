// The lane tree where any lanes may be masked.
#pragma once

#include <array>

#include "engine/lanes.hpp"

namespace rdu::engine {

// Combines neighbouring pairs, round by round; a pair with one live lane gives that lane's value.
inline Word masked_tree(Single combine, const Word* words, Mask mask, int lanes) {
  std::array<Word, kMaxLanes> values;
  std::copy_n(words, lanes, values.begin());
  const auto at = [&](int i) -> Word& { return values[static_cast<std::size_t>(i)]; };
  for (int n = lanes; n > 1; n = (n + 1) / 2) {
    Mask next = 0;
    for (int i = 0; i < (n + 1) / 2; ++i) {
      const bool left = live(mask, 2 * i);
      const bool right = 2 * i + 1 < n && live(mask, 2 * i + 1);
      if (left && right) {
        at(i) = combine(at(2 * i), at(2 * i + 1), 0);
      } else if (left || right) {
        at(i) = at(left ? 2 * i : 2 * i + 1);
      }
      if (left || right) next |= Mask{1} << i;
    }
    mask = next;
  }
  return values[0];
}

// The total of the live lanes, of which there is one at least.
inline Word tree_total(const Operation& operation, const Word* words, Mask mask, int lanes) {
  if (!is_prefix(mask)) return masked_tree(operation.single, words, mask, lanes);
  return operation.tree(words, static_cast<std::size_t>(std::popcount(mask)));
}

}  // namespace rdu::engine
