"""Graphs of stream primitives all the way down: to a configuration, to a run, to a tensor.

```python
from rdu.sparse import compile_graph

artifact = compile_graph(module, {"B": matrix, "c": vector})
x, run = artifact.run()
print(x.to_dense(), run.cycles)
```
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from rdu.codegen import check_module, program_of
from rdu.configuration.model import Program
from rdu.frontends.sparse.notation.formats import FormatLike
from rdu.frontends.sparse.notation.lowering import to_linalg
from rdu.frontends.sparse.notation.options import OrderLike
from rdu.mlir_ext.driver import run_pass
from rdu.mlir_ext.functions import defined_functions
from rdu.report.tokens import block_tokens, tokens
from rdu.semantics.fibertree import CompressedLevel, Fibertree
from rdu.simulator import EngineName, RunResult, simulate
from rdu.support.diagnostics import UsageError
from rdu.targets import Machine, load_machine
from rdu.transforms.conversion.circuits.operands import Array, bind, table_of
from rdu.transforms.conversion.circuits.stored import StoredTensor
from rdu.transforms.conversion.circuits.tensors import returned
from rdu.transforms.conversion.linalg_to_sam import LinalgToSam
from rdu.transforms.conversion.sam_to_rdu import SamToRdu

__all__ = ["SparseArtifact", "SparseRun", "block_tokens", "compile_expression", "compile_graph", "tokens"]


class SparseRun(NamedTuple):
    """The tensor that a run computed, and what the simulator says of the run."""

    tensor: Fibertree
    result: RunResult


@dataclass(frozen=True, slots=True)
class SparseArtifact:
    """A graph as a configuration, with the tensors that it reads.

    Attributes:
        program: the configuration.
        machine: the machine that it is for.
        arrays: levels and values of the operands, by the name of the program's tensor.
        output: how the result is stored.
    """

    program: Program
    machine: Machine
    arrays: Mapping[str, Array]
    output: StoredTensor

    def run(self, engine: EngineName = "native") -> SparseRun:
        """Run on the simulated fabric.

        Returns:
            The result as a tree of compressed levels, whose `to_dense()` is an array, and the
            simulator's result with the cycles.

        Raises:
            RduError: the run deadlocks (exit code 4) or data leads out of range (1).
        """
        result = simulate(self.program, self.machine, self.arrays, engine)
        return SparseRun(_read_back(self.output, result.outputs), result)


def compile_expression(
    text: str,
    operands: Mapping[str, Fibertree | Array],
    *,
    formats: Mapping[str, FormatLike] | None = None,
    order: OrderLike | Mapping[str, OrderLike] | None = None,
    fusion: str = "auto",
    machine: str = "sam-ideal",
    fifo_depth: int | None = None,
    capacity: Sequence[int] = (),
) -> SparseArtifact:
    """Compile tensor index notation, `X(i,j) = B(i,k) * C(k,j)`, for a machine and given operands.

    Args:
        text: one or more statements, of which the last is the result (docs/tensor-notation.md).
        operands: a tensor for each name that no statement defines; a tree brings its format.
        formats: those of arrays, results and intermediates, `"ss"`, `"ds:1,0"`, `"csr"`.
        order: the loops of statements, outermost first; chosen by expected cost where not given.
        fusion: `none`, `auto` or `full`: which intermediates are computed where they are read.
        machine, fifo_depth, capacity: see `compile_graph`.

    Raises:
        RduError: the text, an option or an operand is wrong, or the program does not fit the
            machine (exit code 3); all that is wrong at once.
    """
    module = to_linalg(text, operands, formats=formats, order=order)
    run_pass(module, LinalgToSam, fusion=fusion)
    return compile_graph(
        module, operands, machine=machine, fifo_depth=fifo_depth, capacity=capacity
    )


def compile_graph(
    module: Any,
    operands: Mapping[str, Fibertree | Array],
    *,
    machine: str = "sam-ideal",
    fifo_depth: int | None = None,
    capacity: Sequence[int] = (),
) -> SparseArtifact:
    """Compile a function of `sam.graph`s for a machine and given operands.

    Args:
        module: a verified `builtin.module` with one function; it stays as it is.
        operands: a tensor for each argument, by name (`rdu.name`, or `arg0`, ...): an array, which
            is stored in the formats that the graphs bind it in, or a tree, whose stored zeros stay.
        machine: the name or file of a machine that has the primitives.
        fifo_depth: the capacity of each channel in tokens, None for unbounded.
        capacity: positions that the result has room for at each level, then values; room for
            everything if empty.

    Raises:
        UsageError: there is not one function that returns one tensor.
        RduError: an operand is missing, unknown or does not fit, an op has no primitive, or the
            program does not fit the machine (exit code 3).
    """
    described = load_machine(machine)
    copy = module.operation.clone().opview
    with copy.context, copy.location:
        function = _only_function(copy)
        arrays = bind(function, operands, capacity)
        output = table_of(function, capacity).results[returned(function)[0]]
        tier = _tier(described)
        run_pass(copy, SamToRdu, fifo_depth=fifo_depth, tier=tier, capacity=tuple(capacity))
        check_module(copy, described)
        program = program_of(copy, described.name, described.hash)
    read = {t.name: arrays[t.name] for t in program.tensors if t.name in arrays}
    return SparseArtifact(program, described, read, output)


def _tier(machine: Machine) -> str:
    """Return the first tier that serves words to primitives; the first of all if none does."""
    direct = [name for name, tier in machine.tiers.items() if tier.direct]
    return [*direct, *machine.tiers][0]


def _only_function(module: Any) -> Any:
    functions = defined_functions(module)
    if len(functions) != 1 or len(returned(functions[0])) != 1:
        have = [f"'{f.name.value}' of {len(returned(f))} results" for f in functions]
        need = "one function of one result"
        raise UsageError(f"module has {', '.join(have) or 'no function'}: expected {need}")
    return functions[0]


def _read_back(output: StoredTensor, arrays: Mapping[str, Array]) -> Fibertree:
    """Return the tree that a program has written: as much of each level as its segments say."""
    levels: list[CompressedLevel] = []
    fibers = 1
    for number, extent in enumerate(output.form.extents(output.shape)):
        segments = arrays[f"{output.name}.segments{number}"][: fibers + 1]
        fibers = int(segments[-1])
        crds = arrays[f"{output.name}.coordinates{number}"][:fibers]
        levels.append(CompressedLevel(extent, segments, crds))
    values = arrays[f"{output.name}.values"][:fibers]
    return Fibertree(output.shape, output.form, tuple(levels), values)
