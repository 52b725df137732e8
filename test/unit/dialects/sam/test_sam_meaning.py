from pathlib import Path

import numpy as np
import pytest

from rdu.dialects.sam import Sam
from rdu.interpreter.run import load_meanings, run
from rdu.mlir_ext.context import make_context, parse
from rdu.mlir_ext.meaning import MEANINGS
from rdu.semantics.fibertree import CompressedLevel, DenseLevel
from rdu.semantics.streams import lookup
from rdu.semantics.tokens import from_text, to_text

OPS = Path(__file__).parents[3] / "lit" / "dialects" / "sam" / "ops.mlir"


def texts(fiber, refs):
    return tuple(to_text(stream) for stream in lookup(fiber, from_text(refs)))


@pytest.mark.parametrize(
    ("refs", "crds", "children"),
    [
        ("0 1 2 3 S0 D", "0 2 S0 S0 3 S0 1 2 S1 D", "0 1 S0 S0 2 S0 3 4 S1 D"),
        ("0 N 2 S0 D", "0 2 S0 N S0 3 S1 D", "0 1 S0 N S0 2 S1 D"),
        ("0 D", "0 2 S0 D", "0 1 S0 D"),
        ("0 S0 S0 2 S1 D", "0 2 S1 S1 3 S2 D", "0 1 S1 S1 2 S2 D"),
    ],
)
def test_lookup_of_a_compressed_level(refs, crds, children):
    level = CompressedLevel(4, np.array([0, 2, 2, 3, 5]), np.array([0, 2, 3, 1, 2]))
    assert texts(level.fiber, refs) == (crds, children)


def test_lookup_of_a_dense_level():
    expected = ("0 1 2 S0 0 1 2 S1 D", "0 1 2 S0 3 4 5 S1 D")
    assert texts(DenseLevel(3).fiber, "0 1 S0 D") == expected


def test_lookup_of_a_bitvector_level():
    level = CompressedLevel(4, np.array([0, 3, 4]), np.array([0, 2, 3, 1]))
    assert texts(level.bits, "0 1 S0 D") == ("13 S0 2 S1 D", "0 S0 3 S1 D")


@pytest.mark.parametrize("density", [0.0, 0.3, 1.0])
def test_sparse_matrix_times_sparse_vector(density):
    rng = np.random.default_rng(7)
    matrix = ((rng.random((4, 5)) < density) * rng.random((4, 5))).astype(np.float32)
    vector = ((rng.random(5) < 0.6) * rng.random(5)).astype(np.float32)
    module = parse(OPS.read_text(), make_context(Sam, project=False))
    (result,) = run(module, [matrix, vector], "spmv").values()
    np.testing.assert_allclose(result, matrix @ vector, rtol=1e-6)


def test_every_op_has_a_meaning():
    load_meanings()
    assert {op.OPERATION_NAME for op in Sam.operations} <= MEANINGS.keys()
