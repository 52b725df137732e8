// The ends of streams as sparse primitives see them.
#pragma once

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

using Sources = std::span<const Source* const>;

}  // namespace rdu::engine
