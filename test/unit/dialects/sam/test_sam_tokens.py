"""Tokens on every stream, stops and ends included, as SAM's own simulator counts them.

Its blocks are not one for one our primitives:

* a repeat is two blocks; the first sends a signal for each token of `like`, and serves all repeats
  of one index variable;
* each tensor has a root of its own, and locating in a dense level is no block;
* an accumulator takes points: coordinates of the levels around it are held down to the innermost
  one, and the stops of three streams dropped;
* its reducer sends a zero for an empty fiber of the level above, which belongs to no coordinate.
"""

import numpy as np
import pytest
from sam_kernels import KERNELS
from sam_text import compute

from rdu.interpreter.run import load_meanings
from rdu.mlir_ext.meaning import MEANINGS
from rdu.semantics.tokens import is_payload

OUTSIDE = ("sam.bind", "sam.fiber_write", "sam.graph", "sam.root", "sam.yield")
"""Ops that send no stream, and the root."""

BELONG_TO_NOTHING = {"mttkrp": 8}
"""Tokens that SAM's reducers send for empty fibers of the level above, in the points below."""

POINTS = [
    ("ewmul", 100, 0.05, 3876),
    ("plus2", 100, 0.05, 9660),
    ("spmv", 100, 0.05, 13376),
    ("mttkrp", 10, 0.1, 26506),
    ("mm_kij", 100, 0.05, 40917),
    ("mm_ikj", 100, 0.05, 61928),
    ("mm_ijk", 50, 0.1, 97265),
    pytest.param("sddmm", 100, 0.05, 235626, marks=pytest.mark.long),
]
"""Kernel, extent, density, and SAM's tokens."""


def matrix(shape, density, seed):
    rng = np.random.default_rng(seed)
    kept = rng.random(shape) < density
    return (kept * rng.integers(1, 6, size=shape)).astype(np.float32)


def operands(kernel, n, density):
    first, second = matrix((n, n), density, 0), matrix((n, n), density, 1)
    if kernel == "spmv":
        return [first, matrix((n,), max(density, 0.5), 1)]
    if kernel == "mttkrp":
        factors = [matrix((16, n), 0.5, seed) for seed in (2, 3)]
        return [matrix((n, n, n), density, 0), *factors]
    if kernel == "sddmm":
        rng = np.random.default_rng(1)
        return [first, *(rng.integers(1, 5, (n, 32)).astype(np.float32) for _ in range(2))]
    return [first, second]


@pytest.fixture
def calls(monkeypatch):
    """Every call: the op's name, what it repeats by, the streams that it takes and sends."""
    load_meanings()
    made = []

    def recording(meaning):
        def record(op, frame, *operands):
            outcome = meaning(op, frame, *operands)
            sent = outcome if isinstance(outcome, tuple) else (outcome,)
            like = str(op.like) if op.OPERATION_NAME == "sam.repeat" else None
            made.append((op.OPERATION_NAME, like, operands, sent))
            return outcome

        return record

    for name, meaning in list(MEANINGS.items()):
        if name.startswith("sam.") and name not in OUTSIDE:
            monkeypatch.setitem(MEANINGS, name, recording(meaning))
    return made


def tokens_in_sam(calls):
    """Count the tokens of our streams and of those that SAM's blocks have besides."""
    total, signals = 0, {}
    for name, like, operands, sent in calls:
        if name != "sam.locate":
            total += sum(map(len, sent))
        if name == "sam.repeat":
            signals[like] = len(sent[0])
        if name == "sam.accumulate":
            reduced, values = operands[0], operands[-1]
            held = len(values) + (len(reduced) if len(operands) == 3 else 0)
            total += held + 3 * (sum(map(is_payload, values)) + 1)
    return total + sum(signals.values())


@pytest.mark.parametrize(("kernel", "n", "density", "tokens"), POINTS)
def test_tokens_of_a_kernel(kernel, n, density, tokens, calls):
    build, names, _ = KERNELS[kernel]
    arrays = operands(kernel, n, density)
    extents = {
        letter: extent
        for array, letters in zip(arrays, names, strict=True)
        for letter, extent in zip(letters, array.shape, strict=True)
    }
    compute(build(*(extents[letter] for letter in sorted(extents))), *arrays)
    roots = 1 if kernel == "sddmm" else len(arrays)
    assert tokens_in_sam(calls) + 2 * roots + BELONG_TO_NOTHING.get(kernel, 0) == tokens
