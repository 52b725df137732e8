// The ends of streams as sparse primitives see them.
#pragma once

#include <algorithm>
#include <array>
#include <limits>
#include <span>

#include "engine/channel.hpp"

namespace rdu::engine {

// The most of coordinates and references, which are i32.
inline constexpr std::int64_t kMostIndex = std::numeric_limits<std::int32_t>::max();

// An input: a port's channel; or the root, a channel of its own that holds `0 D` from the start.
struct Source {
  Channel* channel;
  int port;  // -1 for the root

  bool there() const { return channel->has_head(); }
  int code() const { return channel->head_code(); }
  Word word() const { return *channel->head_words(); }
  bool is_payload() const { return code() <= kValue; }  // a value or `N`
};

// An output: its outlets, none if nobody wants it.
struct Sink {
  std::size_t first;
  std::size_t end;
};

// A token on its way to an output.
struct Item {
  int code;
  Word word;
};

// The same of an output that carries vectors.
struct WideItem {
  int code;
  Mask mask;
  std::array<Word, kMaxLanes> words;
};

// The token at a head.
template <class Token>
Token read(const Source& source);
template <>
inline Item read(const Source& source) {
  return {source.code(), source.word()};
}
template <>
inline WideItem read(const Source& source) {
  WideItem item{source.code(), source.channel->head_mask(), {}};
  std::copy_n(source.channel->head_words(), source.channel->width(), item.words.begin());
  return item;
}

using Sources = std::span<const Source* const>;

}  // namespace rdu::engine
