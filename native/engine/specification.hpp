// An elaborated section as plain data; the fields are those of rdu.simulator.specification.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "semantics/operation.hpp"

namespace rdu::engine {

using Time = std::int64_t;
using Mask = std::uint64_t;  // one bit a lane, lane 0 lowest

enum class TokenKind : std::uint8_t { control, scalar, vector };
enum class DType : std::uint8_t { f32, i32, i1 };
enum class ContextKind : std::uint8_t { compute, read, write, load, store };

struct Level {
  std::int64_t start, stop, step, stride, trips;
};

struct Input {
  int channel;
  int level;
  TokenKind kind;
};

struct Output {
  std::vector<int> channels;
  int level;
  TokenKind kind;
  int value;  // register number, or -1 for control tokens and for what a read or load delivers
};

struct Step {
  const Operation* operation;
  std::vector<int> operands;
  int result;
  int over;  // level of a reduction's outermost counter, or -1
  int init;  // register number, or -1 for `identity`
  bool tree;
  Word identity;
};

struct Access {
  int target;
  std::int64_t constant;
  std::vector<std::int64_t> coefficients;
  int buffer_level;
  int port;
};

struct Constant {
  int target;
  Word value;
};

struct ContextSpec {
  std::string name;
  ContextKind kind;
  std::vector<Level> levels;
  int vector_level;
  std::int64_t repeat;
  Time depth;
  std::vector<Input> inputs;
  std::vector<Output> outputs;
  std::vector<Constant> constants;
  std::vector<Step> steps;
  int registers;
  std::optional<Access> access;
};

struct ChannelSpec {
  TokenKind kind;
  std::int64_t capacity;  // -1 is unbounded
  std::int64_t init;
  Time latency;
  int source;
  int sink;
};

struct MemorySpec {
  std::int64_t words;
  std::int64_t buffers;
  std::int64_t banks;
};

// A tensor's place in its tier and its elements, which stores change in place.
struct TensorSpec {
  std::int64_t address;
  std::int64_t elements;
  DType dtype;
  void* data;
  bool writable;
};

struct TierSpec {
  std::int64_t channels;
  std::int64_t burst_bytes;
  std::int64_t burst_ticks;
  std::int64_t ticks_per_cycle;
  Time latency;
};

struct SectionSpec {
  int lanes;
  std::int64_t outstanding;
  std::vector<ContextSpec> contexts;
  std::vector<ChannelSpec> channels;
  std::vector<MemorySpec> memories;
  std::vector<TensorSpec> tensors;
  TierSpec tier;
};

inline constexpr std::int64_t kWordBytes = 4;

}  // namespace rdu::engine
