// rdu._native: the engine and the scalar operations for Python.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <stdexcept>

#include "bindings/read_section.hpp"
#include "engine/engine.hpp"
#include "semantics/operation.hpp"

namespace nb = nanobind;
using namespace nb::literals;
using namespace rdu;

namespace {

using Arrays = nb::typed<nb::sequence, nb::object>;

using Progress = nb::typed<nb::callable, void(std::int64_t, engine::Time)>;

engine::Outcome run(nb::handle section, Arrays tensors, std::optional<Progress> progress,
                    bool critical_path, std::int64_t buckets) {
  const engine::SectionSpec spec = bindings::read_section(section, tensors);
  const auto poll = [&](std::int64_t firings, engine::Time latest) {
    const nb::gil_scoped_acquire gil;
    if (PyErr_CheckSignals() != 0) throw nb::python_error();
    if (progress) (*progress)(firings, latest);
  };
  const nb::gil_scoped_release release;
  return engine::run(spec, {critical_path, buckets}, poll);
}

using Words = nb::ndarray<nb::numpy, const Word, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using Result = nb::ndarray<nb::numpy, Word, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

// Applies an operation to arrays of words, as the engine does to lanes.
void evaluate(int opcode, Result out, const std::vector<Words>& operands, bool narrow) {
  const Operation& known = operation(opcode, narrow);
  if (static_cast<int>(operands.size()) != known.arity) {
    throw std::invalid_argument(std::string(known.mnemonic) + ": expected " +
                                std::to_string(known.arity) + " operands");
  }
  for (const Words& operand : operands) {
    if (operand.shape(0) != out.shape(0)) throw std::invalid_argument("lengths differ");
  }
  const auto data = [&](std::size_t i) { return operands[i < operands.size() ? i : 0].data(); };
  known.loop(out.data(), data(0), data(1), data(2), out.shape(0));
}

std::vector<std::tuple<std::string, int, int>> operations() {
  std::vector<std::tuple<std::string, int, int>> rows;
  for (const Operation& known : all_operations()) {
    rows.emplace_back(known.mnemonic, static_cast<int>(known.code), known.arity);
  }
  return rows;
}

}  // namespace

NB_MODULE(_native, m) {
  m.doc() = "The native simulator engine; rdu.simulator.native_engine is its interface.";

  nb::class_<engine::ContextAccount>(m, "ContextAccount", "Where the cycles of a context went.")
      .def_ro("firings", &engine::ContextAccount::firings)
      .def_ro("busy", &engine::ContextAccount::busy)
      .def_ro("bank", &engine::ContextAccount::bank)
      .def_ro("starved", &engine::ContextAccount::starved, "Cycles by input port.")
      .def_ro("backpressured", &engine::ContextAccount::backpressured, "Cycles by output port.")
      .def_ro("memory", &engine::ContextAccount::memory)
      .def_ro("idle", &engine::ContextAccount::idle)
      .def_ro("lifetime", &engine::ContextAccount::lifetime);

  nb::class_<engine::ChannelTraffic>(m, "ChannelTraffic", "What a channel carried and holds.")
      .def_ro("tokens", &engine::ChannelTraffic::tokens)
      .def_ro("high_water", &engine::ChannelTraffic::high_water)
      .def_ro("stops", &engine::ChannelTraffic::stops)
      .def_ro("fill", &engine::ChannelTraffic::fill);

  nb::class_<engine::BlockedContext>(m, "BlockedContext", "A context that waits for a channel.")
      .def_ro("context", &engine::BlockedContext::context)
      .def_ro("channel", &engine::BlockedContext::channel)
      .def_ro("full", &engine::BlockedContext::full, "For room, rather than for a token.");

  nb::class_<engine::TierTraffic>(m, "TierTraffic", "What a memory tier moved.")
      .def_ro("loaded_bytes", &engine::TierTraffic::loaded_bytes)
      .def_ro("stored_bytes", &engine::TierTraffic::stored_bytes)
      .def_ro("bursts", &engine::TierTraffic::bursts)
      .def_ro("row_hits", &engine::TierTraffic::row_hits)
      .def_ro("row_misses", &engine::TierTraffic::row_misses);

  nb::class_<engine::LinkTraffic>(m, "LinkTraffic", "What a link of the dynamic network moved.")
      .def_ro("packets", &engine::LinkTraffic::packets)
      .def_ro("waited", &engine::LinkTraffic::waited);

  nb::class_<engine::Fault>(m, "Fault", "A firing that its data forbids.")
      .def_ro("time", &engine::Fault::time)
      .def_ro("context", &engine::Fault::context)
      .def_ro("kind", &engine::Fault::kind)
      .def_ro("position", &engine::Fault::position)
      .def_ro("value", &engine::Fault::value)
      .def_ro("expected", &engine::Fault::expected);

  nb::class_<engine::Timeline>(m, "Timeline", "Where the cycles of contexts went over time.")
      .def_ro("bucket", &engine::Timeline::bucket, "Cycles of a bucket.")
      .def_ro("cycles", &engine::Timeline::cycles, "By context: cycles by bucket and state.");

  nb::class_<engine::Outcome>(m, "Outcome", "The end of a run, its deadlock or fault.")
      .def_ro("deadlocked", &engine::Outcome::deadlocked)
      .def_ro("fault", &engine::Outcome::fault)
      .def_ro("time", &engine::Outcome::time)
      .def_ro("contexts", &engine::Outcome::contexts)
      .def_ro("channels", &engine::Outcome::channels)
      .def_ro("tiers", &engine::Outcome::tiers)
      .def_ro("links", &engine::Outcome::links)
      .def_ro("blocked", &engine::Outcome::blocked)
      .def_ro("critical_path", &engine::Outcome::critical_path,
              "Cycles by slot: parts of all contexts, then of all channels, then of all tiers.")
      .def_ro("timeline", &engine::Outcome::timeline);

  m.def("run", &run, "section"_a, "tensors"_a, "progress"_a = nb::none(), "critical_path"_a = false,
        "buckets"_a = 0,
        "Run an elaborated section on flat arrays, one a tensor, which stores change in place.\n\n"
        "`progress` is called now and then with the firings so far and the latest cycle. The rest\n"
        "is what to record: the critical path, and timelines of so many buckets at most.");
  m.def("evaluate", &evaluate, "opcode"_a, "out"_a, "operands"_a, "narrow"_a = false,
        "Apply a scalar operation to arrays of 32-bit words; `narrow` rounds the result to bf16.");
  m.def("operations", &operations, "Every operation as (mnemonic, opcode, arity).");
}
