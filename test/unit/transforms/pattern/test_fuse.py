from pathlib import Path

import numpy as np
import pytest

from rdu.interpreter import run
from rdu.mlir_ext.context import make_context, parse
from rdu.mlir_ext.driver import run_pass
from rdu.transforms.pattern.fuse import PatternFuse

LIT = Path(__file__).parents[3] / "lit" / "transforms" / "pattern" / "fuse.mlir"
PROGRAMS = {
    text.split("func.func @")[-1].split("(")[0]: text for text in LIT.read_text().split("// -----")
}
COUNTS = {
    "layer": (1, 1),
    "recomputed": (0, 0),
    "once": (1, 0),
    "shared": (0, 0),
    "free": (3, 0),
    "two": (0, 1),
    "coordinates": (1, 1),
    "form": (1, 0),
}
"""For each program: the maps that move into a reader, the reductions that nest."""


@pytest.fixture(scope="module")
def context():
    return make_context()


def drawn(function):
    """Return an array for each argument of a function."""
    random = np.random.default_rng(0)
    arguments = [argument.type for argument in function.body.blocks[0].arguments]
    dtypes = {"f32": np.float32, "i32": np.int32}
    return [
        random.integers(-9, 10, kind.shape).astype(dtypes[str(kind.element_type)])
        for kind in arguments
    ]


@pytest.mark.parametrize("name", PROGRAMS)
def test_keeps_the_meaning_and_counts(context, name):
    module = parse(PROGRAMS[name], context)
    inputs = drawn(module.body.operations[0])
    before = run(module, inputs, name)
    assert tuple(run_pass(module, PatternFuse).values()) == COUNTS[name]
    after = run(module, inputs, name)
    for output, expected in before.items():
        np.testing.assert_allclose(after[output], expected, rtol=1e-6)


@pytest.mark.parametrize("name", PROGRAMS)
def test_is_done_at_once(context, name):
    module = parse(PROGRAMS[name], context)
    run_pass(module, PatternFuse)
    once = str(module)
    assert not any(run_pass(module, PatternFuse).values())
    assert str(module) == once
