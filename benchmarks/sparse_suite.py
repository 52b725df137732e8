"""The eight kernels of SAM's evaluation on the machine `sam-ideal`: cycles, tokens, time.

Each kernel is a graph of stream primitives that is compiled to a configuration and simulated; its
result is compared with NumPy's. The points, and the cycles that published simulators count for
them, are in `sparse_suite_reference.toml`. Tokens are those of SAM's blocks (`rdu.report.tokens`).

* spmv: x(i) = B(i,j) c(j);  mm_ijk, mm_ikj, mm_kij: X(i,j) = B(i,k) C(k,j) in three orders;
* sddmm: X(i,j) = B(i,j) C(i,k) D(j,k), C and D dense;
* mttkrp: X(i,j) = B(i,k,l) C(j,k) D(j,l);  plus2, ewmul: X(i,j) = B(i,j) + C(i,j), and times.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import tomllib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rdu.frontends.sparse.kernels import KERNELS
from rdu.simulator import EngineName
from rdu.sparse import block_tokens, compile_graph
from rdu.support.diagnostics import ExitCode

REFERENCE = Path(__file__).with_name("sparse_suite_reference.toml")
REFERENCE_SEED = 0

SAMPLED_COLUMNS = 32
"""Columns of the dense factors of sddmm."""

FACTOR_ROWS, FACTOR_DENSITY = 16, 0.5
"""Rows and density of the factors of mttkrp."""

LEAST_VECTOR_DENSITY = 0.5
"""Of the vector of spmv."""

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Point:
    """A kernel, the extent of its sparse operands, their density; what others count."""

    kernel: str
    n: int
    density: float
    reference: int | None


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured at a point."""

    kernel: str
    N: int
    density: float
    cycles: int
    reference_cycles: int | None
    tokens: int
    simulate_s: float


def sparse(shape: tuple[int, ...], density: float, seed: int) -> Array:
    """Return whole numbers from 1 to 5 at random places, zeros elsewhere."""
    rng = np.random.default_rng(seed)
    kept = rng.random(shape) < density
    return (kept * rng.integers(1, 6, size=shape)).astype(np.float32)


def data(point: Point, seed: int) -> dict[str, Array]:
    """Return the operands of a kernel by name."""
    n, density = point.n, point.density
    if point.kernel == "spmv":
        vector = sparse((n,), max(density, LEAST_VECTOR_DENSITY), seed + 1)
        return {"B": sparse((n, n), density, seed), "c": vector}
    if point.kernel == "sddmm":
        rng = np.random.default_rng(seed + 1)
        factors = (rng.integers(1, 5, (n, SAMPLED_COLUMNS)).astype(np.float32) for _ in "CD")
        return {"B": sparse((n, n), density, seed)} | dict(zip("CD", factors, strict=True))
    if point.kernel == "mttkrp":
        left, right = (sparse((FACTOR_ROWS, n), FACTOR_DENSITY, seed + k) for k in (2, 3))
        return {"B": sparse((n, n, n), density, seed), "C": left, "D": right}
    return {"B": sparse((n, n), density, seed), "C": sparse((n, n), density, seed + 1)}


def extents(point: Point, operands: dict[str, Array]) -> list[int]:
    """Return the extents of a kernel's variables, in alphabetical order."""
    found: dict[str, int] = {}
    for name, variables in KERNELS[point.kernel].operands.items():
        found |= zip(variables, operands[name].shape, strict=True)
    return [found[variable] for variable in sorted(found)]


def measure(point: Point, seed: int, engine: EngineName) -> Row:
    """Compile, run and check a kernel; SystemExit if its result is wrong."""
    kernel, operands = KERNELS[point.kernel], data(point, seed)
    artifact = compile_graph(kernel.build(*extents(point, operands)), operands)
    start = time.perf_counter()
    tensor, result = artifact.run(engine)
    seconds = time.perf_counter() - start
    arrays = operands.values()
    expected = np.einsum(kernel.formula, *arrays, optimize=True) if kernel.formula else sum(arrays)
    if not np.array_equal(tensor.to_dense(), expected):
        print(f"error: {point.kernel} of {point.n} differs from NumPy", file=sys.stderr)
        raise SystemExit(ExitCode.NUMERIC_MISMATCH)
    sent = block_tokens(artifact.program, result)
    reference = point.reference if seed == REFERENCE_SEED else None
    return Row(
        point.kernel, point.n, point.density, result.cycles, reference, sent, round(seconds, 4)
    )


def known_points() -> Iterator[Point]:
    """Yield the points of the reference: SAM's cycles where there are any, else Comal's."""
    for kernel, rows in tomllib.loads(REFERENCE.read_text()).items():
        for row in rows:
            yield Point(kernel, row["n"], row["density"], row.get("sam", row.get("comal")))


def selected(options: argparse.Namespace) -> list[Point]:
    """Return the points asked for: of the reference, or another one of an extent and density."""
    kernels = options.kernel or list(tomllib.loads(REFERENCE.read_text()))
    points = [
        point
        for point in known_points()
        if point.kernel in kernels
        and options.n in (None, point.n)
        and options.density in (None, point.density)
    ]
    if options.n is not None and options.density is not None:
        there = {point.kernel for point in points}
        points += [Point(k, options.n, options.density, None) for k in kernels if k not in there]
    most = options.most_cycles
    return [p for p in points if most is None or p.reference is None or p.reference <= most]


def main() -> None:
    """Measure the points and print a table or JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    kernels = list(tomllib.loads(REFERENCE.read_text()))
    add("--json", action="store_true", help="print a JSON list of objects")
    add("--kernel", action="append", choices=kernels, help="only this one; may be repeated")
    add("--n", type=int, help="only points of this extent")
    add("--density", type=float, help="only points of this density; with --n any other, too")
    add("--seed", type=int, default=REFERENCE_SEED, help="of the data; the reference has 0")
    add("--most-cycles", type=int, help="skip points that take the reference longer")
    add("--engine", choices=("native", "python"), default="native", help="the simulator's engine")
    options = parser.parse_args()
    rows = (measure(point, options.seed, options.engine) for point in selected(options))
    if options.json:
        print(json.dumps([asdict(row) for row in rows]))
        return
    heads = ("kernel", "N", "density", "cycles", "reference", "ratio", "tokens", "seconds")
    print("{:8}{:>6}{:>9}{:>13}{:>13}{:>8}{:>13}{:>10}".format(*heads))
    for row in rows:
        reference, ratio = row.reference_cycles, "-"
        if reference is not None:
            ratio = f"{row.cycles / reference:.4f}"
        print(
            f"{row.kernel:8}{row.N:6}{row.density:9}{row.cycles:13,}"
            f"{'-' if reference is None else f'{reference:,}':>13}{ratio:>8}"
            f"{row.tokens:13,}{row.simulate_s:10.3f}"
        )


if __name__ == "__main__":
    main()
