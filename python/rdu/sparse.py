"""Graphs of stream primitives all the way down: to a configuration, to a run, to a tensor.

```python
from rdu.sparse import compile_graph

artifact = compile_graph(module, {"B": matrix, "c": vector})
x, run = artifact.run()
print(x.to_dense(), run.cycles)
```

On a machine with a grid, such as `capstan`, a graph is packed, placed and routed, its tensors pass
through scratchpads, and its FIFOs are sized by running it (docs/sparse-on-the-fabric.md).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeAlias, get_args

from rdu.analysis.sparse.target import Target
from rdu.codegen import check_module, program_of
from rdu.configuration.model import Program
from rdu.frontends.sparse.elements import Element
from rdu.frontends.sparse.notation.formats import FormatLike
from rdu.frontends.sparse.notation.lowering import to_linalg
from rdu.frontends.sparse.notation.options import OrderLike
from rdu.frontends.sparse.operands import Operand, take_operands
from rdu.mlir_ext import ir
from rdu.mlir_ext.driver import run_pass, run_pipeline
from rdu.mlir_ext.functions import defined_functions
from rdu.mlir_ext.pipeline import parse_pipeline
from rdu.pipelines import Fusion, plain_to_sam
from rdu.report.tokens import block_tokens, tokens
from rdu.runtime.fifo_sizing import Depth, size_fifos
from rdu.semantics.fibertree import CompressedLevel, DenseLevel, Fibertree, Level
from rdu.simulator import EngineName, RunResult, simulate
from rdu.support import arguments
from rdu.support.diagnostics import Collector, UsageError
from rdu.targets import Machine, load_machine
from rdu.transforms.conversion.circuits.operands import Array, bind, table_of
from rdu.transforms.conversion.circuits.residency import RESIDENCIES, Residency
from rdu.transforms.conversion.circuits.stored import STORED, WORD_BYTES, StoredTensor
from rdu.transforms.conversion.circuits.tensors import names_of, returned
from rdu.transforms.conversion.sam_to_rdu import SamToRdu
from rdu.transforms.rdu.pack import Pack
from rdu.transforms.rdu.partition import Partition
from rdu.transforms.rdu.place import Place
from rdu.transforms.rdu.route import Route
from rdu.transforms.sam.skip import Skip
from rdu.transforms.sam.tile import Tile
from rdu.transforms.sam.trees import Trees
from rdu.transforms.sam.vectorize import Vectorize

__all__ = [
    "Capacity",
    "FifoDepth",
    "Lanes",
    "SparseArtifact",
    "SparseRun",
    "SparseRuns",
    "block_tokens",
    "compile_expression",
    "compile_graph",
    "tokens",
    "vectorize",
]

FifoDepth: TypeAlias = int | Literal["auto", "inf"] | None
"""Capacity of the channels between primitives in tokens.

`auto` finds, by running the program, the least that costs no cycle (`rdu.runtime.fifo_sizing`).
`inf` is no limit, or as deep as they are where a machine's FIFOs have one.
`None` is what the machine suggests: `auto` where there is a grid, else no limit.
"""

Capacity: TypeAlias = Sequence[int] | Mapping[str, Sequence[int]] | Literal["observed"]
"""Positions that a result has room for at each level, then values; by name if there are several.

Empty for room for everything that there may be; `observed` for what there is with the given
operands, by a run on the machine `sam-ideal`.
"""

Lanes: TypeAlias = int | Literal["auto"]
"""How many values are computed at once along dense levels that are walked innermost, at most.

`auto` for as many as a unit of the machine has lanes, 1 for one after another.
"""


class SparseRun(NamedTuple):
    """The tensor that a run computed, and what the simulator says of the run."""

    tensor: Fibertree
    result: RunResult


class SparseRuns(NamedTuple):
    """The tensors that a run computed, by name, and what the simulator says of the run."""

    tensors: dict[str, Fibertree]
    result: RunResult


@dataclass(frozen=True, slots=True)
class SparseArtifact:
    """A graph as a configuration, with the tensors that it reads.

    Attributes:
        program: the configuration.
        machine: the machine that it is for.
        arrays: levels and values of the operands, by the name of the program's tensor.
        outputs: how the results are stored, by name.
        fifo_depths: the depth that each channel between primitives was given, and why; empty where
            they were not sized.
    """

    program: Program
    machine: Machine
    arrays: Mapping[str, Array]
    outputs: Mapping[str, StoredTensor]
    fifo_depths: tuple[Depth, ...] = ()

    def run(self, engine: EngineName = "native") -> SparseRun:
        """Run a program of one result on the simulated fabric.

        Returns:
            The result as a tree of compressed levels, whose `to_dense()` is an array, and the
            simulator's result with the cycles.

        Raises:
            UsageError: there are several results.
            RduError: as for `run_all`.
        """
        if len(self.outputs) != 1:
            names = ", ".join(self.outputs)
            raise UsageError(f"program has the results {names}: expected one, or 'run_all'")
        tensors, result = self.run_all(engine)
        return SparseRun(next(iter(tensors.values())), result)

    def run_all(self, engine: EngineName = "native") -> SparseRuns:
        """Run on the simulated fabric; returns all results by name, and the simulator's result.

        Raises:
            RduError: the run deadlocks (exit code 4) or data leads out of range (1).
        """
        result = simulate(self.program, self.machine, self.arrays, engine)
        stored = self.outputs.items()
        return SparseRuns({n: _read_back(each, result.outputs) for n, each in stored}, result)


def compile_expression(
    text: str,
    operands: Mapping[str, Operand],
    *,
    formats: Mapping[str, FormatLike] | None = None,
    order: OrderLike | Mapping[str, OrderLike] | None = None,
    shapes: Mapping[str, Sequence[int]] | None = None,
    dtype: Element | None = None,
    fusion: Fusion = "auto",
    skip: bool = False,
    lanes: Lanes = 1,
    machine: str = "sam-ideal",
    fifo_depth: FifoDepth = None,
    capacity: Capacity = (),
    residency: Residency = "auto",
    extent: int | None = None,
) -> SparseArtifact:
    """Compile tensor index notation, `X(i,j) = B(i,k) * C(k,j)`, for a machine and given operands.

    Args:
        text: one or more statements, of which the last is the result (docs/tensor-notation.md).
        operands: a tensor for each name that no statement defines: of NumPy, SciPy or PyTorch, or a
            `Fibertree`; what is sparse brings its format.
        formats: those of arrays, results and intermediates, `"ss"`, `"ds:1,0"`, `"csr"`.
        order: the loops of statements, outermost first; chosen by expected cost where not given.
        shapes: of results with a dimension that nothing on the right has; of an operand its own.
        dtype: of all elements, `f32` or `i32`; if None, what `take_operands` makes of them.
        fusion: `none`, `auto` or `full`: which intermediates are computed where they are read.
        skip: whether intersections tell lookups where to go on, as `sam-skip` has it.
        lanes: see `Lanes`.
        machine: see `compile_graph`.
        fifo_depth: see `FifoDepth`.
        capacity: see `compile_graph`.
        residency: see `compile_graph`.
        extent: see `compile_graph`.

    Raises:
        RduError: the text, an option or an operand is wrong, or the program does not fit the
            machine (exit code 3); all that is wrong at once.
    """
    arguments.text("text", text)
    for name, given in {"operands": operands, "formats": formats, "shapes": shapes}.items():
        if name == "operands" or given is not None:
            arguments.by_name(name, given, name)
    if dtype is not None:
        arguments.one_of("dtype", dtype, get_args(Element))
    read_depth(fifo_depth)
    taken = take_operands(operands, dtype)
    _check_shapes(taken, shapes or {})
    module = to_linalg(text, {**(shapes or {}), **taken}, formats=formats, order=order, dtype=dtype)
    target = target_of(machine, lanes)
    run_pipeline(module, parse_pipeline(plain_to_sam(fusion, target), module.context))
    if skip:
        run_pass(module, Skip)
    vectorize(module, lanes, machine)
    return compile_graph(
        module,
        taken,
        machine=machine,
        fifo_depth=fifo_depth,
        capacity=capacity,
        residency=residency,
        extent=extent,
    )


def target_of(machine: str, lanes: Lanes) -> Target:
    """Return what costs of graphs depend on: a machine, and how many values at once, at most.

    Raises:
        UsageError: `lanes` is neither `auto` nor a whole number from 1 on.
    """
    arguments.text("machine", machine)
    described = load_machine(machine)
    width = described.pcu.lanes
    if lanes != "auto":
        width = arguments.whole("lanes", lanes, 1, ("auto",))
    words = described.pmu.bytes // WORD_BYTES
    return Target(width, words if described.grid is not None else math.inf)


def vectorize(module: Any, lanes: Lanes, machine: str) -> None:
    """Let the graphs of a module compute on lanes of a machine, as `sam-vectorize` has it.

    Raises:
        UsageError: `lanes` is neither `auto` nor a whole number from 1 on.
    """
    width = None if lanes == "auto" else arguments.whole("lanes", lanes, 1, ("auto",))
    if width != 1:
        run_pass(module, Vectorize, machine=machine, lanes=width)


def compile_graph(
    module: Any,
    operands: Mapping[str, Operand],
    *,
    machine: str = "sam-ideal",
    fifo_depth: FifoDepth = None,
    capacity: Capacity = (),
    totals: int | None = None,
    residency: Residency = "auto",
    extent: int | None = None,
    seed: int = 0,
) -> SparseArtifact:
    """Compile a function of `sam.graph`s for a machine and given operands.

    Args:
        module: a verified `builtin.module` with one function; it stays as it is.
        operands: a tensor for each argument, by name (`rdu.name`, or `arg0`, ...): dense ones of
            NumPy or PyTorch, which are stored in the formats that the graphs bind them in, or
            sparse ones of SciPy or PyTorch and fibertrees, whose stored zeros stay.
        machine: the name or file of a machine that has the primitives.
        fifo_depth: see `FifoDepth`.
        capacity: see `Capacity`.
        totals: words of one tree in the memory of an accumulation, for a machine with scratchpads;
            as many as there may be if None.
        residency: `auto` leaves levels and values that do not fit a scratchpad in the memory tier,
            `dram` all that can be there, `scratchpad` none.
        extent: coordinates in a range of the outermost level that is accumulated, one range after
            the other (`sam-tile`); if None, as many as a scratchpad can hold.
        seed: where the random moves of placement start, for a machine with a grid.

    Raises:
        UsageError: an argument is not what it should be, there is not one function that returns
            tensors, or no result of a name that `capacity` has.
        RduError: an operand is missing, unknown or does not fit, an op has no primitive, the
            program does not fit the machine (exit code 3), or it deadlocks with the machine's
            deepest FIFOs (4).
    """
    arguments.text("machine", machine)
    arguments.by_name("operands", operands, "operands")
    arguments.one_of("residency", residency, RESIDENCIES)
    if extent is not None:
        extent = arguments.whole("extent", extent, 1)
    depth, given = read_depth(fifo_depth), _read_capacity(capacity)
    described = load_machine(machine)
    operands = take_operands(operands)
    room = _observed(module, operands) if given == "observed" else given
    copy = module.operation.clone().opview
    with copy.context, copy.location:
        function = _only_function(copy)
        _make_room(function, room)
        arrays = bind(function, operands, ())
        results = table_of(function, ()).results
        outputs = {results[v].name: results[v] for v in returned(function) if v in results}
        if extent is not None:
            run_pass(copy, Tile, extent=extent)
        elif totals is None and described.grid is not None:
            run_pass(copy, Tile, totals=described.pmu.bytes // WORD_BYTES)
        run_pass(copy, Trees, machine=machine)
        run_pass(
            copy,
            SamToRdu,
            machine=machine,
            fifo_depth=depth if isinstance(depth, int) else None,
            totals=totals,
            residency=residency,
        )
        if described.grid is not None:
            run_pass(copy, Pack, machine=machine)
            run_pass(copy, Partition, machine=machine)
            run_pass(copy, Place, machine=machine, seed=seed)
            run_pass(copy, Route, machine=machine)
        check_module(copy, described)
        program = program_of(copy, described.name, described.hash)
    read = {t.name: arrays[t.name] for t in program.tensors if t.name in arrays}
    if depth == "auto" or (depth is None and described.grid is not None):
        sized = size_fifos(program, described, read)
        return SparseArtifact(sized.program, described, read, outputs, sized.depths)
    return SparseArtifact(program, described, read, outputs)


def _check_shapes(
    operands: Mapping[str, Fibertree | Array], shapes: Mapping[str, Sequence[int]]
) -> None:
    """Refuse shapes of operands that are not theirs."""
    problems = Collector()
    for name in operands.keys() & shapes.keys():
        own, given = list(operands[name].shape), list(shapes[name])
        if own != given:
            problems.error(f"shape of '{name}' is given as {given}: expected {own}, as it has")
    problems.check()


def read_depth(given: FifoDepth) -> FifoDepth:
    """Return a depth with numbers as Python's; UsageError for anything that is none."""
    if given is None or (isinstance(given, str) and given in ("auto", "inf")):
        return given
    return arguments.whole("fifo_depth", given, 1, ("auto", "inf", "None"))


def _read_capacity(given: Capacity) -> Capacity:
    """Return a capacity with numbers as Python's; UsageError for anything that is none."""
    if isinstance(given, str):
        arguments.one_of("capacity", given, ("observed",))
        return given
    if isinstance(given, Mapping):
        arguments.by_name("capacity", given, "capacities")
        return {name: _read_room(room) for name, room in given.items()}
    return _read_room(given)


def _read_room(given: Sequence[int]) -> tuple[int, ...]:
    return tuple(
        arguments.whole("capacity", number) for number in arguments.listed("capacity", given)
    )


def _observed(module: Any, operands: Mapping[str, Fibertree | Array]) -> dict[str, tuple[int, ...]]:
    """Return how many positions each level of each result has, and how many values there are."""
    found: dict[str, tuple[int, ...]] = {}
    for name, tree in compile_graph(module, operands).run_all().tensors.items():
        found[name] = (*tree.positions, tree.stored)
    return found


def _make_room(function: Any, capacity: Sequence[int] | Mapping[str, Sequence[int]]) -> None:
    """Say at the graphs of results how much room there is for these."""
    if not capacity:
        return
    names = names_of(function)
    results = {names[value]: value for value in returned(function)}
    given = capacity if isinstance(capacity, Mapping) else dict.fromkeys(results, capacity)
    for name, room in given.items():
        if name not in results:
            raise UsageError(f"no result '{name}': expected one of {', '.join(results)}")
        if not isinstance(results[name].owner, ir.Block):
            owner = results[name].owner.operation
            owner.attributes[STORED] = ir.DenseI64ArrayAttr.get(list(room))


def _only_function(module: Any) -> Any:
    functions = defined_functions(module)
    if len(functions) != 1 or not returned(functions[0]):
        have = [f"'{f.name.value}' of {len(returned(f))} results" for f in functions]
        need = "one function of one result or more"
        raise UsageError(f"module has {', '.join(have) or 'no function'}: expected {need}")
    return functions[0]


def _read_back(output: StoredTensor, arrays: Mapping[str, Array]) -> Fibertree:
    """Return the tree that a program has written: as much of each level as its segments say."""
    levels: list[Level] = []
    fibers = 1
    extents = output.form.extents(output.shape)
    for number, (form, extent) in enumerate(zip(output.form.levels, extents, strict=True)):
        if form.kind in ("dense", "blocked"):
            levels.append(DenseLevel(extent))
            fibers *= extent
            continue
        segments = arrays[f"{output.name}.segments{number}"][: fibers + 1]
        fibers = int(segments[-1])
        crds = arrays[f"{output.name}.coordinates{number}"][:fibers]
        levels.append(CompressedLevel(extent, segments, crds))
    values = _unpadded(output, levels, arrays[f"{output.name}.values"][:fibers])
    return Fibertree(output.shape, output.form, tuple(levels), values)


def _unpadded(output: StoredTensor, levels: Sequence[Level], values: Array) -> Array:
    """Return values with zeros where last blocks, which are written in a row, are not full."""
    if not output.form.levels or output.form.levels[-1].kind != "blocked":
        return values
    length, extent = output.form.levels[-1].length, output.shape[output.form.order[-1]]
    if extent % length == 0:
        return values
    blocks = values.reshape(-1, length).copy()
    last = levels[-2].stored(len(blocks)) == extent // length
    blocks[last, extent % length :] = 0
    return blocks.reshape(-1)
