"""The kernels of SAM's evaluation on the grid of a machine: cycles, units, bytes, FIFOs, tracks.

Each kernel is compiled for the machine as `rdu.sparse.compile_graph` does it by default: tensors
pass through scratchpads or stay in DRAM, contexts are packed, placed and routed, FIFOs are as
shallow as costs no cycle. Its result is compared with NumPy's, its cycles with those of
`sam-ideal`, on which every primitive has its tensor at hand and there is no network.

Whole numbers from 1 to 5 stand at random places of all operands but the dense factors of sddmm.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from rdu.configuration.model import Program
from rdu.frontends.sparse.kernels import KERNELS
from rdu.mlir_ext import ir
from rdu.mlir_ext.driver import run_pass
from rdu.sparse import SparseArtifact, compile_graph, vectorize
from rdu.support.diagnostics import ExitCode, RduError
from rdu.transforms.conversion.circuits.residency import RESIDENCIES
from rdu.transforms.sam.parallelize import Parallelize

SHORT = {"sddmm": {"k": 32}, "mttkrp": {"j": 16}}
"""Extents of variables that are not N."""

DENSE = {"sddmm": "CD"}
"""Operands without zeros."""

POINTS = ((64, 0.1), (128, 0.05), (200, 0.05))
"""N and density; of mttkrp, whose tensor has N cubed elements, the first N are half of it."""

Array = NDArray[Any]
Kind = Literal["vector", "scalar", "control"]


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured at a point; `tracks` is the most scalar nets on a link of the network."""

    kernel: str
    N: int
    density: float
    cycles: int
    ideal_cycles: int
    pcus: int
    pmus: int
    ags: int
    contexts: int
    dram_bytes: int
    deepest_fifo: int
    fifo_places: int
    tracks: int
    compile_s: float


def extents(kernel: str, n: int) -> dict[str, int]:
    """Return the extent of each variable of a kernel, in alphabetical order."""
    letters = sorted(set("".join(KERNELS[kernel].operands.values())))
    return {letter: SHORT.get(kernel, {}).get(letter, n) for letter in letters}


def operands(kernel: str, n: int, density: float, seed: int) -> dict[str, Array]:
    """Return the operands of a kernel by name."""
    made: dict[str, Array] = {}
    of = extents(kernel, n)
    for number, (name, variables) in enumerate(KERNELS[kernel].operands.items()):
        rng = np.random.default_rng([seed, number])
        shape = [of[variable] for variable in variables]
        kept = rng.random(shape) < (1 if name in DENSE.get(kernel, "") else density)
        made[name] = (kept * rng.integers(1, 6, shape)).astype(np.float32)
    return made


def expected(kernel: str, given: dict[str, Array]) -> Array:
    """Return what NumPy computes."""
    formula = KERNELS[kernel].formula
    if formula is None:
        return np.sum(list(given.values()), axis=0)
    return np.einsum(formula, *given.values(), optimize=True)


def busiest(program: Program, kind: Kind) -> int:
    """Return the most nets of a kind on one link of the network."""
    most = 0
    for section in program.sections:
        nets = [net for net in section.nets if net.kind == kind]
        taken = [{link for sink in net.sinks for link in pairwise(sink.route)} for net in nets]
        most = max([most, *Counter(link for links in taken for link in links).values()])
    return most


def used(artifact: SparseArtifact, kind: str) -> int:
    """Return the most units of a kind that a section has."""
    sections = artifact.program.sections
    return max(sum(unit.kind == kind for unit in section.units) for section in sections)


def copied(module: ir.OpView, copies: Sequence[int]) -> None:
    """Make copies in parallel; of several factors each copies what is there."""
    with module.operation.context:
        for factor in copies:
            run_pass(module, Parallelize, factor=factor)


def measure(kernel: str, n: int, density: float, options: argparse.Namespace) -> Row:
    """Compile, run and check a kernel; SystemExit if its result is wrong."""
    given = operands(kernel, n, density, options.seed)
    module = KERNELS[kernel].build(*extents(kernel, n).values())
    vectorize(module, options.lanes, options.machine)
    copied(module, options.copies)
    start = time.perf_counter()
    artifact = compile_graph(
        module,
        given,
        machine=options.machine,
        capacity=options.capacity,
        residency=options.residency,
    )
    seconds = time.perf_counter() - start
    tensor, result = artifact.run(options.engine)
    if not np.array_equal(tensor.to_dense(), expected(kernel, given)):
        print(f"error: {kernel} of {n} differs from NumPy", file=sys.stderr)
        raise SystemExit(ExitCode.NUMERIC_MISMATCH)
    sections = artifact.program.sections
    places = [depth.places for depth in artifact.fifo_depths]
    return Row(
        kernel,
        n,
        density,
        result.cycles,
        compile_graph(module, given).run(options.engine).result.cycles,
        used(artifact, "pcu"),
        used(artifact, "pmu"),
        used(artifact, "ag"),
        max(sum(len(unit.contexts) for unit in section.units) for section in sections),
        sum(tier.bytes for section in result.sections for tier in section.tiers),
        max(places),
        sum(places),
        busiest(artifact.program, "scalar"),
        round(seconds, 2),
    )


def selected(options: argparse.Namespace) -> Iterator[tuple[str, int, float]]:
    """Yield the points asked for."""
    points = POINTS
    if options.n is not None and options.density is not None:
        points = ((options.n, options.density),)
    for kernel in options.kernel or KERNELS:
        for n, density in points:
            if options.n not in (None, n) or options.density not in (None, density):
                continue
            yield kernel, n // 2 if kernel == "mttkrp" and points is POINTS else n, density


def main() -> None:
    """Measure the points and print a table or JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--json", action="store_true", help="print a JSON list of objects")
    add("--kernel", action="append", choices=list(KERNELS), help="only this one; may be repeated")
    add("--n", type=int, help="only points of this extent")
    add("--density", type=float, help="only points of this density; with --n any other, too")
    add("--seed", type=int, default=0, help="of the data")
    add("--machine", default="capstan", help="name or file of a machine with a grid")
    add("--observed", action="store_true", help="room for results as large as they turn out to be")
    add("--residency", choices=RESIDENCIES, default="auto", help="where levels and values are")
    add(
        "--copies",
        type=int,
        action="append",
        default=[],
        help="so many; repeated, each copies what is there",
    )
    add("--lanes", type=int, default=1, help="values that are computed at once, at most")
    add("--engine", choices=("native", "python"), default="native", help="the simulator's engine")
    options = parser.parse_args()
    options.capacity = "observed" if options.observed else ()
    try:
        show((measure(*point, options) for point in selected(options)), options)
    except RduError as refusal:
        print(refusal.render(), file=sys.stderr)
        raise SystemExit(refusal.exit_code) from refusal


def show(rows: Iterator[Row], options: argparse.Namespace) -> None:
    """Print rows as they are measured, or all of them as JSON."""
    if options.json:
        print(json.dumps([asdict(row) for row in rows]))
        return
    heads = ("kernel", "N", "density", "cycles", "sam-ideal", "ratio", "PCU", "PMU", "AG")
    last = ("contexts", "DRAM bytes", "FIFO", "tracks")
    form = "{:7}{:>5}{:>9}{:>10}{:>11}{:>7}{:>5}{:>5}{:>4}{:>10}{:>12}{:>6}{:>8}"
    print(form.format(*heads, *last))
    for row in rows:
        units = (row.pcus, row.pmus, row.ags, row.contexts)
        ratio = f"{row.cycles / row.ideal_cycles:.2f}"
        cycles = (f"{row.cycles:,}", f"{row.ideal_cycles:,}", ratio)
        rest = (f"{row.dram_bytes:,}", row.deepest_fifo, row.tracks)
        print(form.format(row.kernel, row.N, row.density, *cycles, *units, *rest))


if __name__ == "__main__":
    main()
