#include "bindings/read_section.hpp"

#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace rdu::bindings {

namespace nb = nanobind;
using namespace engine;

namespace {

template <class Enum>
Enum named(nb::handle name, std::initializer_list<std::pair<std::string_view, Enum>> names) {
  const auto text = nb::cast<std::string>(name);
  for (const auto& [known, value] : names) {
    if (known == text) return value;
  }
  throw std::invalid_argument("unknown name '" + text + "'");
}

TokenKind token_kind(nb::handle name) {
  return named<TokenKind>(name, {{"control", TokenKind::control},
                                 {"scalar", TokenKind::scalar},
                                 {"vector", TokenKind::vector}});
}

DType dtype(nb::handle name) {
  return named<DType>(
      name, {{"f32", DType::f32}, {"bf16", DType::bf16}, {"i32", DType::i32}, {"i1", DType::i1}});
}

ContextKind context_kind(nb::handle name) {
  return named<ContextKind>(name, {{"compute", ContextKind::compute},
                                   {"systolic", ContextKind::systolic},
                                   {"read", ContextKind::read},
                                   {"write", ContextKind::write},
                                   {"update", ContextKind::update},
                                   {"load", ContextKind::load},
                                   {"store", ContextKind::store},
                                   {"filter", ContextKind::filter},
                                   {"partition", ContextKind::partition},
                                   {"merge", ContextKind::merge},
                                   {"reassemble", ContextKind::reassemble},
                                   {"compact", ContextKind::compact},
                                   {"lookup", ContextKind::lookup},
                                   {"skip_lookup", ContextKind::skip_lookup},
                                   {"locate", ContextKind::locate},
                                   {"array", ContextKind::array},
                                   {"scatter", ContextKind::scatter},
                                   {"write_fibers", ContextKind::write_fibers},
                                   {"write_values", ContextKind::write_values},
                                   {"repeat_like", ContextKind::repeat},
                                   {"intersect", ContextKind::intersect},
                                   {"skip", ContextKind::skip},
                                   {"union", ContextKind::unite},
                                   {"apply", ContextKind::apply},
                                   {"reduce", ContextKind::reduce},
                                   {"fold", ContextKind::fold},
                                   {"accumulate", ContextKind::accumulate},
                                   {"sort", ContextKind::sort},
                                   {"mask", ContextKind::mask},
                                   {"crd_drop", ContextKind::drop_coordinates},
                                   {"val_drop", ContextKind::drop_values},
                                   {"stop_drop", ContextKind::drop_stops},
                                   {"fiber_drop", ContextKind::drop_fibers},
                                   {"number", ContextKind::number},
                                   {"as_crd", ContextKind::as_coordinate},
                                   {"split", ContextKind::split},
                                   {"flatten", ContextKind::flatten},
                                   {"concat", ContextKind::concatenate},
                                   {"fork", ContextKind::fork},
                                   {"join", ContextKind::rejoin},
                                   {"bv_build", ContextKind::build_bits},
                                   {"bv_expand", ContextKind::expand_bits},
                                   {"bv_chunk", ContextKind::chunk_bits},
                                   {"bv_intersect", ContextKind::intersect_bits},
                                   {"bv_union", ContextKind::unite_bits},
                                   {"bv_drop", ContextKind::drop_bits},
                                   {"bounds", ContextKind::bounds},
                                   {"range", ContextKind::range},
                                   {"fetch", ContextKind::fetch}});
}

Storage storage(nb::handle name) {
  return named<Storage>(name, {{"", Storage::none},
                               {"dense", Storage::dense},
                               {"compressed", Storage::compressed},
                               {"singleton", Storage::singleton},
                               {"bitvector", Storage::bitvector},
                               {"values", Storage::values},
                               {"segments", Storage::segments},
                               {"coordinates", Storage::coordinates}});
}

Comparison comparison(nb::handle name) {
  return named<Comparison>(name, {{"", Comparison::none},
                                  {"eq", Comparison::eq},
                                  {"ge", Comparison::ge},
                                  {"gt", Comparison::gt},
                                  {"le", Comparison::le},
                                  {"lt", Comparison::lt},
                                  {"ne", Comparison::ne},
                                  {"ascending", Comparison::lt},
                                  {"descending", Comparison::gt}});
}

Condition condition(nb::handle name) {
  return named<Condition>(name, {{"always", Condition::always},
                                 {"first", Condition::first},
                                 {"last", Condition::last},
                                 {"held", Condition::held},
                                 {"negative", Condition::negative},
                                 {"zero", Condition::zero}});
}

template <class T>
T get(nb::handle object, const char* field) {
  return nb::cast<T>(object.attr(field));
}

template <class T, class Read>
std::vector<T> list(nb::handle items, Read&& read) {
  std::vector<T> result;
  for (nb::handle item : items) result.push_back(read(item));
  return result;
}

template <class T>
std::vector<T> numbers(nb::handle items) {
  return list<T>(items, [](nb::handle item) { return nb::cast<T>(item); });
}

template <class T, class Read>
std::optional<T> optional(nb::handle object, Read&& read) {
  return object.is_none() ? std::nullopt : std::optional<T>(read(object));
}

// The word of a value of an element type: floats round to nearest even, an i32 wraps.
Word word(nb::handle value, DType type) {
  switch (type) {
    case DType::f32:
      return bits(static_cast<float>(nb::cast<double>(nb::float_(value))));
    case DType::bf16:
      return to_bf16(bits(static_cast<float>(nb::cast<double>(nb::float_(value)))));
    case DType::i32:
      return static_cast<Word>(nb::cast<std::int64_t>(nb::int_(value)));
    case DType::i1:
      return nb::cast<bool>(nb::bool_(value)) ? 1 : 0;
  }
  return 0;
}

Level level(nb::handle o) {
  return {.start = get<std::int64_t>(o, "start"),
          .stop = get<std::int64_t>(o, "stop"),
          .step = get<std::int64_t>(o, "step"),
          .stride = get<std::int64_t>(o, "stride"),
          .trips = get<std::int64_t>(o, "trips"),
          .start_port = get<int>(o, "start_port"),
          .stop_port = get<int>(o, "stop_port"),
          .until = get<bool>(o, "until")};
}

std::vector<Sum::Term> terms(nb::handle pairs) {
  return list<Sum::Term>(pairs, [](nb::handle pair) -> Sum::Term {
    return {nb::cast<int>(pair[0]), nb::cast<std::int64_t>(pair[1])};
  });
}

Sum sum(nb::handle o) {
  return {.constant = get<std::int64_t>(o, "constant"),
          .coefficients = numbers<std::int64_t>(o.attr("coefficients")),
          .ports = terms(o.attr("ports"))};
}

When when(nb::handle o) {
  return {.kind = condition(o.attr("kind")),
          .level = get<int>(o, "level"),
          .value = get<int>(o, "register"),
          .sum = sum(o.attr("value")),
          .negated = get<bool>(o, "negated")};
}

Input input(nb::handle o) {
  const nb::object type = o.attr("dtype");
  return {.channel = get<int>(o, "channel"),
          .level = get<int>(o, "level"),
          .kind = token_kind(o.attr("kind")),
          .stream = get<bool>(o, "stream"),
          .when = when(o.attr("when")),
          .otherwise = type.is_none() ? std::nullopt
                                      : optional<Word>(o.attr("default"), [&](nb::handle value) {
                                          return word(value, dtype(type));
                                        })};
}

Output output(nb::handle o) {
  return {.channels = numbers<int>(o.attr("channels")),
          .level = get<int>(o, "level"),
          .kind = token_kind(o.attr("kind")),
          .value = get<int>(o, "register"),
          .stream = get<bool>(o, "stream"),
          .when = when(o.attr("when"))};
}

// What a reduction begins at.
Word identity(const std::string& mnemonic, const nb::object& type) {
  const nb::object find = nb::module_::import_("rdu.semantics.reduction").attr("identity");
  return word(find(mnemonic, type), dtype(type));
}

Step step(nb::handle o, const std::vector<nb::object>& types) {
  const auto mnemonic = get<std::string>(o, "mnemonic");
  const auto result = get<std::size_t>(o, "result");
  Step step{.operation = &operation(mnemonic, dtype(types[result]) == DType::bf16),
            .operands = numbers<int>(o.attr("operands")),
            .result = static_cast<int>(result),
            .over = get<int>(o, "over"),
            .init = get<int>(o, "init"),
            .tree = get<bool>(o, "tree"),
            .identity = 0};
  if (step.over >= 0) step.identity = identity(mnemonic, types[result]);
  return step;
}

Guard guard(nb::handle o) {
  return {.index = get<int>(o, "index"),
          .value = sum(o.attr("value")),
          .extent = get<std::int64_t>(o, "extent")};
}

// `types` are those of the context's registers, inputs first.
Access access(nb::handle o, const std::vector<nb::object>& types) {
  const auto mnemonic = get<std::string>(o, "mnemonic");
  Access access{.target = get<int>(o, "target"),
                .address = {.constant = get<std::int64_t>(o, "constant"),
                            .coefficients = numbers<std::int64_t>(o.attr("coefficients")),
                            .ports = terms(o.attr("ports"))},
                .buffer_level = get<int>(o, "buffer_level"),
                .port = get<int>(o, "port"),
                .guards = list<Guard>(o.attr("guards"), guard),
                .back = sum(o.attr("back")),
                .operation = nullptr,
                .old = get<int>(o, "old")};
  if (!mnemonic.empty()) {
    const DType type = dtype(types[static_cast<std::size_t>(access.port)]);
    access.operation = &operation(mnemonic, type == DType::bf16);
  }
  return access;
}

Array array(nb::handle o) {
  return {.a = get<int>(o, "a"),
          .b = get<int>(o, "b"),
          .result = get<int>(o, "result"),
          .over = get<int>(o, "over"),
          .rows = get<int>(o, "rows"),
          .columns = get<int>(o, "columns"),
          .lanes = get<int>(o, "lanes"),
          .vectors = get<int>(o, "vectors"),
          .tiles = get<int>(o, "tiles")};
}

Choice choice(nb::handle o) {
  return {.inputs = numbers<int>(o.attr("inputs")),
          .outputs = numbers<int>(o.attr("outputs")),
          .by = get<int>(o, "by"),
          .source = get<int>(o, "source")};
}

SparseSpec sparse(nb::handle o, ContextKind kind) {
  const auto mnemonic = get<std::string>(o, "function");
  const nb::object type = o.attr("dtype");
  const bool compares = kind == ContextKind::mask || kind == ContextKind::sort;
  const bool computes = !compares && !mnemonic.empty();
  const bool reduces = kind == ContextKind::reduce || kind == ContextKind::accumulate;
  return {.inputs = numbers<int>(o.attr("inputs")),
          .outputs = numbers<int>(o.attr("outputs")),
          .storage = storage(o.attr("storage")),
          .tensors = numbers<int>(o.attr("tensors")),
          .in_memory = get<bool>(o, "in_memory"),
          .requests = get<bool>(o, "requests"),
          .extent = get<std::int64_t>(o, "extent"),
          .settings = numbers<std::int64_t>(o.attr("settings")),
          .lanes = get<int>(o, "lanes"),
          .function = computes ? &operation(mnemonic, dtype(type) == DType::bf16) : nullptr,
          .comparison = compares ? comparison(o.attr("function")) : Comparison::none,
          .is_float = dtype(type) == DType::f32 || dtype(type) == DType::bf16,
          .identity = reduces ? identity(mnemonic, type) : 0,
          .constants = list<Word>(o.attr("constants"), [](nb::handle pair) {
            return word(pair[0], dtype(nb::borrow<nb::object>(pair[1])));
          })};
}

ContextSpec context(nb::handle o) {
  const auto types = list<nb::object>(o.attr("registers"),
                                      [](nb::handle type) { return nb::borrow<nb::object>(type); });
  return {
      .name = get<std::string>(o, "name"),
      .kind = context_kind(o.attr("kind")),
      .levels = list<Level>(o.attr("levels"), level),
      .vector_level = get<int>(o, "vector_level"),
      .repeat = get<std::int64_t>(o, "repeat"),
      .depth = get<Time>(o, "depth"),
      .inputs = list<Input>(o.attr("inputs"), input),
      .outputs = list<Output>(o.attr("outputs"), output),
      .constants = list<Constant>(o.attr("constants"),
                                  [&](nb::handle pair) -> Constant {
                                    const auto target = nb::cast<int>(pair[0]);
                                    const DType type =
                                        dtype(types[static_cast<std::size_t>(target)]);
                                    return {target, word(pair[1], type)};
                                  }),
      .steps = list<Step>(o.attr("steps"), [&](nb::handle item) { return step(item, types); }),
      .registers = static_cast<int>(types.size()),
      .access =
          optional<Access>(o.attr("access"), [&](nb::handle item) { return access(item, types); }),
      .array = optional<Array>(o.attr("array"), array),
      .choice = optional<Choice>(o.attr("choice"), choice),
      .sparse = optional<SparseSpec>(
          o.attr("sparse"),
          [&](nb::handle item) { return sparse(item, context_kind(o.attr("kind"))); }),
  };
}

ChannelSpec channel(nb::handle o) {
  return {.kind = token_kind(o.attr("kind")),
          .capacity = get<std::int64_t>(o, "capacity"),
          .init = get<std::int64_t>(o, "init"),
          .latency = get<Time>(o, "latency"),
          .source = get<int>(o, "source"),
          .sink = get<int>(o, "sink"),
          .stream = get<bool>(o, "stream"),
          .discard = get<bool>(o, "discard"),
          .virtual_channel = get<int>(o, "virtual_channel"),
          .links = numbers<int>(o.attr("links"))};
}

MemorySpec memory(nb::handle o) {
  return {.words = get<std::int64_t>(o, "words"),
          .buffers = get<std::int64_t>(o, "buffers"),
          .banks = get<std::int64_t>(o, "banks"),
          .skew = get<std::int64_t>(o, "skew")};
}

using FlatArray = nb::ndarray<nb::ro, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

TensorSpec tensor(nb::handle o, nb::handle array) {
  const auto elements = get<std::int64_t>(o, "elements");
  const DType type = dtype(o.attr("dtype"));
  const auto flat = nb::cast<FlatArray>(array);
  // A bf16 comes as the integer of its bits.
  const nb::dlpack::dtype expected = type == DType::f32    ? nb::dtype<float>()
                                     : type == DType::bf16 ? nb::dtype<std::uint16_t>()
                                     : type == DType::i32  ? nb::dtype<std::int32_t>()
                                                           : nb::dtype<bool>();
  if (flat.dtype() != expected || static_cast<std::int64_t>(flat.shape(0)) != elements) {
    throw std::invalid_argument("tensor '" + get<std::string>(o, "name") + "': expected " +
                                std::to_string(elements) + " elements of " +
                                get<std::string>(o, "dtype"));
  }
  return {.address = get<std::int64_t>(o, "address"),
          .elements = elements,
          .tier = get<int>(o, "tier"),
          .element_bytes = get<std::int64_t>(o, "element_bytes"),
          .dtype = type,
          .data = const_cast<void*>(flat.data()),
          .writable = nb::cast<bool>(array.attr("flags").attr("writeable"))};
}

TierSpec tier(nb::handle o) {
  return {.channels = get<std::int64_t>(o, "channels"),
          .burst_bytes = get<std::int64_t>(o, "burst_bytes"),
          .burst_ticks = get<std::int64_t>(o, "burst_ticks"),
          .ticks_per_cycle = get<std::int64_t>(o, "ticks_per_cycle"),
          .latency = get<Time>(o, "latency"),
          .row_bursts = get<std::int64_t>(o, "row_bursts"),
          .row_banks = get<std::int64_t>(o, "row_banks"),
          .row_miss_ticks = get<std::int64_t>(o, "row_miss_ticks")};
}

NetworkSpec network(nb::handle o) {
  return {.links = static_cast<int>(nb::len(nb::object(o.attr("links")))),
          .hop_latency = get<Time>(o, "hop_latency"),
          .buffers = get<int>(o, "buffers")};
}

void check_stores(const SectionSpec& section) {
  for (const ContextSpec& context : section.contexts) {
    std::vector<int> targets;
    if (context.kind == ContextKind::store) targets = {context.access->target};
    if (context.sparse && stores_words(context.kind) && !context.sparse->in_memory) {
      targets = context.sparse->tensors;
    }
    const auto is_writable = [&](int target) {
      return section.tensors[static_cast<std::size_t>(target)].writable;
    };
    if (std::ranges::all_of(targets, is_writable)) continue;
    throw std::invalid_argument("context '" + context.name + "' stores to a read-only array");
  }
}

}  // namespace

SectionSpec read_section(nb::handle section, nb::sequence tensors) {
  SectionSpec spec{.lanes = get<int>(section, "lanes"),
                   .outstanding = get<std::int64_t>(section, "outstanding"),
                   .contexts = list<ContextSpec>(section.attr("contexts"), context),
                   .channels = list<ChannelSpec>(section.attr("channels"), channel),
                   .memories = list<MemorySpec>(section.attr("memories"), memory),
                   .tensors = {},
                   .tiers = list<TierSpec>(section.attr("tiers"), tier),
                   .network = network(section.attr("network"))};
  const nb::object specs = section.attr("tensors");
  if (nb::len(specs) != nb::len(tensors)) {
    throw std::invalid_argument("expected " + std::to_string(nb::len(specs)) + " tensors, got " +
                                std::to_string(nb::len(tensors)));
  }
  for (std::size_t i = 0; i < nb::len(tensors); ++i) {
    spec.tensors.push_back(tensor(specs[i], tensors[i]));
  }
  check_stores(spec);
  return spec;
}

}  // namespace rdu::bindings
