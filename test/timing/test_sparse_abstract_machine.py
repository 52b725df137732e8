"""Cycles and tokens of SAM's kernels on `sam-ideal`, against SAM's and Comal's own simulators.

The figures are published measurements of the same graphs on the same data (their provenance is in
`benchmarks/sparse_suite_reference.toml`). Where the two peers agree to a cycle, so do we with SAM;
the accumulators of `mm_ikj` and `mm_kij` pass a value on as soon as it is merged, which saves up to
0.2 % against both.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from rdu.frontends.sparse.kernels import KERNELS
from rdu.sparse import block_tokens, compile_graph

REFERENCE = Path(__file__).parents[2] / "benchmarks" / "sparse_suite_reference.toml"
MOST_CYCLES = 110_000
"""Of a point that is run in the short checks."""

FINITE = {"spmv": 200, "mm_ijk": 50, "mm_ikj": 100, "mm_kij": 100, "mttkrp": 10, "plus2": 500}
"""Kernels that were measured with finite FIFOs, and the extent of a point of each."""


@dataclass(frozen=True)
class Point:
    kernel: str
    n: int
    density: float
    sam: int
    comal: int
    tokens: int | None


def points():
    for kernel, rows in tomllib.loads(REFERENCE.read_text()).items():
        for row in rows:
            if row.get("sam", MOST_CYCLES) < MOST_CYCLES:
                yield Point(
                    kernel, row["n"], row["density"], row["sam"], row["comal"], row.get("tokens")
                )


def matrix(shape, density, seed):
    rng = np.random.default_rng(seed)
    kept = rng.random(shape) < density
    return (kept * rng.integers(1, 6, size=shape)).astype(np.float32)


def operands(point):
    n, density = point.n, point.density
    first = matrix((n, n), density, 0)
    if point.kernel == "spmv":
        return {"B": first, "c": matrix((n,), max(density, 0.5), 1)}
    if point.kernel == "sddmm":
        rng = np.random.default_rng(1)
        dense = [rng.integers(1, 5, (n, 32)).astype(np.float32) for _ in "CD"]
        return {"B": first, "C": dense[0], "D": dense[1]}
    if point.kernel == "mttkrp":
        factors = [matrix((16, n), 0.5, seed) for seed in (2, 3)]
        return {"B": matrix((n, n, n), density, 0), "C": factors[0], "D": factors[1]}
    return {"B": first, "C": matrix((n, n), density, 1)}


def compiled(point, **options):
    kernel, arrays = KERNELS[point.kernel], operands(point)
    extents = {}
    for name, variables in kernel.operands.items():
        extents |= zip(variables, arrays[name].shape, strict=True)
    graph = kernel.build(*(extents[variable] for variable in sorted(extents)))
    return compile_graph(graph, arrays, **options)


@pytest.mark.parametrize("point", list(points()), ids=lambda p: f"{p.kernel}-{p.n}-{p.density}")
def test_cycles_and_tokens_are_those_of_sam(point):
    artifact = compiled(point)
    _, result = artifact.run()
    tolerance = 1 if abs(point.sam - point.comal) <= 1 else 0.01 * point.sam
    assert abs(result.cycles - point.sam) <= tolerance
    if point.tokens is not None:
        assert block_tokens(artifact.program, result) == pytest.approx(point.tokens, rel=0.001)


@pytest.mark.parametrize("kernel", FINITE)
def test_fifos_of_8_cost_nothing(kernel):
    point = next(p for p in points() if p.kernel == kernel and p.n == FINITE[kernel])
    unbounded, finite = (compiled(point, fifo_depth=d).run().result.cycles for d in (None, 8))
    assert finite == unbounded


@pytest.mark.parametrize("kernel", FINITE)
def test_a_single_place_is_enough_to_finish(kernel):
    """Graphs that hang in Comal with FIFOs of one token run here, slower."""
    point = next(p for p in points() if p.kernel == kernel)
    assert compiled(point, fifo_depth=1).run().result.cycles >= point.sam
