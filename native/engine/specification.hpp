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
enum class DType : std::uint8_t { f32, bf16, i32, i1 };
enum class ContextKind : std::uint8_t {
  compute,
  systolic,
  read,
  write,
  update,
  load,
  store,
  filter,
  partition,
  merge,
  reassemble,
  compact,
  lookup,
  skip_lookup,
  locate,
  array,
  scatter,
  write_fibers,
  write_values,
  repeat,
  intersect,
  skip,
  unite,
  apply,
  reduce,
  fold,
  accumulate,
  sort,
  mask,
  drop_coordinates,
  drop_values,
  drop_stops,
  drop_fibers,
  number,
  as_coordinate,
  split,
  flatten,
  concatenate,
  fork,
  rejoin,
  build_bits,
  expand_bits,
  chunk_bits,
  intersect_bits,
  unite_bits,
  drop_bits,
  bounds,
  range,
  fetch,
};

struct Level {
  std::int64_t start, stop, step, stride, trips;
  int start_port, stop_port;  // inputs that a bound is read from, or -1
  bool until;
};

// An affine expression of counters and inputs.
struct Sum {
  struct Term {
    int port;
    std::int64_t coefficient;
  };
  std::int64_t constant = 0;
  std::vector<std::int64_t> coefficients;  // by counter
  std::vector<Term> ports;

  bool is_zero() const { return constant == 0 && coefficients.empty() && ports.empty(); }
};

enum class Condition : std::uint8_t { always, first, last, held, negative, zero };

struct When {
  Condition kind;
  int level;
  int value;  // register number
  Sum sum;
  bool negated;
};

struct Input {
  int channel;
  int level;
  TokenKind kind;
  bool stream;
  When when;
  std::optional<Word> otherwise;  // its value where `when` does not hold
};

struct Output {
  std::vector<int> channels;
  int level;
  TokenKind kind;
  int value;  // register number, or -1 for control tokens and for what an access delivers
  bool stream;
  When when;
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

// An index that depends on data: `0 <= value < extent` is checked on every live lane.
struct Guard {
  int index;
  Sum value;
  std::int64_t extent;
};

struct Access {
  int target;
  Sum address;
  int buffer_level;
  int port;
  std::vector<Guard> guards;
  Sum back;
  const Operation* operation;  // of an update
  int old;                     // output of its old value, or -1
};

// A systolic array at work.
struct Array {
  int a, b, result;
  int over;
  int rows, columns;
  int lanes, vectors;
  int tiles;
};

// A stream primitive by port numbers; -1 is none.
struct Choice {
  std::vector<int> inputs;
  std::vector<int> outputs;
  int by;
  int source;
};

// How a level of a sparse tensor, or its values, are stored.
enum class Storage : std::uint8_t {
  none,
  dense,
  compressed,
  singleton,
  bitvector,
  values,
  segments,
  coordinates,
};

enum class Comparison : std::uint8_t { none, eq, ge, gt, le, lt, ne };

// A sparse primitive by port numbers; see rdu.simulator.specification.SparseSpec.
struct SparseSpec {
  static constexpr int kRoot = -1;
  static constexpr int kConstant = -2;

  std::vector<int> inputs;
  std::vector<int> outputs;
  Storage storage;
  std::vector<int> tensors;
  bool in_memory;  // whether these are memories instead
  bool requests;   // whether their tier serves bursts, not words
  std::int64_t extent;
  std::vector<std::int64_t> settings;
  int lanes;                  // values of a vector, 1 of scalars
  const Operation* function;  // null without one
  Comparison comparison;      // instead of one: of coordinates, or of a value with the next one
  bool is_float;              // whether its values are
  Word identity;              // of a reduction
  std::vector<Word> constants;
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
  std::optional<Array> array;
  std::optional<Choice> choice;
  std::optional<SparseSpec> sparse;
};

struct ChannelSpec {
  TokenKind kind;
  std::int64_t capacity;  // -1 is unbounded
  std::int64_t init;
  Time latency;
  int source;
  int sink;
  bool stream;
  bool discard;
  int virtual_channel;     // of the dynamic network, or -1
  std::vector<int> links;  // of its route there
};

struct MemorySpec {
  std::int64_t words;
  std::int64_t buffers;
  std::int64_t banks;
  std::int64_t skew;  // 0 is none
};

// A tensor's place in its tier and its elements, which stores change in place.
struct TensorSpec {
  std::int64_t address;
  std::int64_t elements;
  int tier;
  std::int64_t element_bytes;
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
  std::int64_t row_bursts;  // 0 is no row buffer
  std::int64_t row_banks;
  std::int64_t row_miss_ticks;
};

struct NetworkSpec {
  int links;
  Time hop_latency;
  int buffers;
};

struct SectionSpec {
  int lanes;
  std::int64_t outstanding;
  std::vector<ContextSpec> contexts;
  std::vector<ChannelSpec> channels;
  std::vector<MemorySpec> memories;
  std::vector<TensorSpec> tensors;
  std::vector<TierSpec> tiers;
  NetworkSpec network;
};

// Whether a sparse primitive changes its tensors.
inline bool stores_words(ContextKind kind) {
  return kind == ContextKind::scatter || kind == ContextKind::write_fibers ||
         kind == ContextKind::write_values;
}

inline bool uses_tier(const ContextSpec& spec) {
  return spec.kind == ContextKind::load || spec.kind == ContextKind::store ||
         (spec.sparse && spec.sparse->requests);
}

}  // namespace rdu::engine
