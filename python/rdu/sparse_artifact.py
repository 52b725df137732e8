"""A graph of stream primitives as a configuration with its tensors: run, and read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rdu.configuration.model import Program
from rdu.runtime.fifo_sizing import Depth
from rdu.semantics.fibertree import CompressedLevel, DenseLevel, Fibertree, Level
from rdu.simulator import EngineName, RunResult, simulate
from rdu.support.diagnostics import UsageError
from rdu.targets import Machine
from rdu.transforms.conversion.circuits.operands import Array
from rdu.transforms.conversion.circuits.stored import StoredTensor


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
