from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from rdu.dialects.sam import Sam, meaning
from rdu.dialects.sam.storage import Fibertree, Level, store
from rdu.mlir_ext.context import make_context, parse
from rdu.mlir_ext.meaning import MEANINGS
from rdu.semantics.tokens import from_text, to_text

OPS = Path(__file__).parents[3] / "lit" / "dialects" / "sam" / "ops.mlir"


def attribute(value):
    return SimpleNamespace(value=value)


def lookup(level, refs, kind="crd"):
    op = SimpleNamespace(
        level=attribute(0),
        crd=SimpleNamespace(type=SimpleNamespace(kind=attribute(kind))),
    )
    streams = meaning.fiber_lookup(op, Fibertree((level,), ()), from_text(refs))
    return tuple(to_text(stream) for stream in streams)


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
    level = Level(4, (0, 2, 2, 3, 5), (0, 2, 3, 1, 2))
    assert lookup(level, refs) == (crds, children)


def test_lookup_of_a_dense_level():
    expected = ("0 1 2 S0 0 1 2 S1 D", "0 1 2 S0 3 4 5 S1 D")
    assert lookup(Level(3), "0 1 S0 D") == expected


def test_lookup_of_a_bitvector_level():
    level = Level(4, (0, 3, 4), (0, 2, 3, 1))
    assert lookup(level, "0 1 S0 D", "bv") == ("13 S0 2 S1 D", "0 S0 3 S1 D")


@pytest.mark.parametrize(
    ("refs", "like", "expected"),
    [
        ("7 8 S0 D", "0 2 S0 1 S1 D", "7 7 S0 8 S1 D"),
        ("N 8 S0 D", "0 2 S0 1 S1 D", "N N S0 8 S1 D"),
        ("7 8 S0 D", "S0 1 S1 D", "S0 8 S1 D"),
        ("7 S0 S0 8 S1 D", "1 S1 S1 2 S2 D", "7 S1 S1 8 S2 D"),
    ],
)
def test_repeat(refs, like, expected):
    (repeated,) = meaning.repeat(None, from_text(refs), from_text(like))
    assert to_text(repeated) == expected


def test_repeat_refuses_streams_that_do_not_align():
    with pytest.raises(ValueError, match="do not align"):
        meaning.repeat(None, from_text("7 8 S0 D"), from_text("1 S1 2 S1 D"))


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("0 2 4 5 S0 D", "2 3 5 S0 D", "2 5 S0 D"),
        ("1 S0 4 S1 D", "S0 4 S1 D", "S0 4 S1 D"),
        ("1 N S0 D", "1 2 S0 D", "1 N S0 D"),
    ],
)
def test_intersect(first, second, expected):
    first, second = from_text(first), from_text(second)
    crd, _, _ = meaning.intersect(None, first, first, second, second)
    assert to_text(crd) == expected


@pytest.mark.parametrize(
    ("values", "function", "expected"),
    [
        ("5 5 S0 5 S0 4 8 S1 D", "add", "10 5 12 S0 D"),
        ("5 S0 S0 4 S1 D", "add", "5 0 4 S0 D"),
        ("5 7 S0 D", "max", "7 D"),
        ("1 S0 2 S1 3 S2 D", "add", "1 2 S0 3 S1 D"),
    ],
)
def test_reduce(values, function, expected):
    op = SimpleNamespace(function=attribute(function))
    (reduced,) = meaning.reduce(op, from_text(values))
    assert to_text(reduced) == expected


def test_storage_keeps_empty_fibers():
    array = np.array([[1, 0, 2], [0, 0, 0], [0, 3, 0]])
    tree = store(array, ["dense", "compressed"], [0, 1])
    assert tree.levels[1] == Level(3, (0, 2, 2, 3), (0, 2, 1))
    assert tree.values == (1, 2, 3)
    tree = store(array, ["compressed", "compressed"], [1, 0])
    assert tree.levels == (Level(3, (0, 3), (0, 1, 2)), Level(3, (0, 1, 2, 3), (0, 2, 0)))


@pytest.mark.parametrize("density", [0.0, 0.3, 1.0])
def test_sparse_matrix_times_sparse_vector(density):
    rng = np.random.default_rng(7)
    matrix = (rng.random((4, 5)) < density) * rng.random((4, 5))
    vector = (rng.random(5) < 0.6) * rng.random(5)
    module = parse(OPS.read_text(), make_context(Sam, project=False))
    function = module.body.operations[0]
    block = function.regions[0].blocks[0]
    arrays = dict(zip(block.arguments, (matrix, vector), strict=True))
    result = meaning.run_graph(block.operations[0], arrays.__getitem__)
    np.testing.assert_allclose(result, matrix @ vector)


def test_every_op_has_a_meaning():
    assert {op.OPERATION_NAME for op in Sam.operations} <= MEANINGS.keys()
