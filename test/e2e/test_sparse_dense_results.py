"""What graphs write of results that other graphs read: no level that has every coordinate."""

import numpy as np
import pytest

from rdu.configuration import verify
from rdu.dialects import sam
from rdu.frontends.sparse.notation.lowering import to_linalg
from rdu.interpreter.run import run
from rdu.mlir_ext.driver import run_pipeline
from rdu.mlir_ext.functions import ops_of
from rdu.mlir_ext.pipeline import parse_pipeline
from rdu.pipelines import plain_to_sam
from rdu.sparse import compile_expression, compile_graph, vectorize

SHAPES = {"A": (6, 7), "B": (6, 7), "F": (7, 12), "G": (6, 12), "W": (12, 8), "v": (12,), "u": (6,)}

PROGRAMS = {
    "dense, then sparse": (
        "ds",
        "P(k,j) = F(k,l) * W(l,j); X(i,j) = A(i,k) * P(k,j)",
        lambda m: m["A"] @ (m["F"] @ m["W"]),
        ["dd"],
    ),
    "rows that may be missing": (
        "ss",
        "P(i,j) = A(i,k) * F(k,j); X(i,j) = P(i,l) * W(l,j)",
        lambda m: m["A"] @ m["F"] @ m["W"],
        ["sd"],
    ),
    "rows that may be empty": (
        "ds",
        "P(i,j) = A(i,k) * F(k,j); X(i,j) = P(i,l) * W(l,j)",
        lambda m: m["A"] @ m["F"] @ m["W"],
        ["dd"],
    ),
    "rows that somebody counts on": (
        "ds",
        "P(i,j) = A(i,k) * F(k,j); Q(i,j) = P(i,j) + G(i,j); x(i) = Q(i,j) * v(j)",
        lambda m: (m["A"] @ m["F"] + m["G"]) @ m["v"],
        ["dd", "dd"],
    ),
    "sums of rows": (
        "ds",
        "P(i) = A(i,k) * F(k,j); Q(i,j) = G(i,j) - P(i); X(i,l) = Q(i,j) * W(j,l)",
        lambda m: (m["G"] - (m["A"] @ m["F"]).sum(1)[:, None]) @ m["W"],
        ["d", "dd"],
    ),
    "a sum of what is sparse": (
        "ds",
        "P(i,k) = A(i,k) + B(i,k); X(i,j) = P(i,k) * F(k,j)",
        lambda m: (m["A"] + m["B"]) @ m["F"],
        ["ds"],
    ),
    "a transposed reader": (
        "ds",
        "P(i,j) = G(i,j) + G(i,j); X(j,k) = P(i,j) * A(i,k)",
        lambda m: (2 * m["G"]).T @ m["A"],
        None,
    ),
}
"""Levels of A and B, text, what NumPy makes of it, and the levels of results that are read."""


def arrays(text, density):
    random = np.random.default_rng(len(text))
    made = {}
    for name, shape in SHAPES.items():
        if f"{name}(" in text:
            kept = random.random(shape) < (density if name in "AB" else 1)
            made[name] = (kept * random.integers(-3, 4, shape)).astype(np.float32)
    return made


def lowered(name, lanes=1):
    form, text, _, _ = PROGRAMS[name]
    given = arrays(text, 1)
    module = to_linalg(text, given, formats={n: form for n in "AB" if n in given})
    run_pipeline(module, parse_pipeline(plain_to_sam("none"), module.context))
    vectorize(module, lanes, "sam-ideal")
    return module


def read_levels(module):
    graphs = [g for g in ops_of(module, sam.GraphOp) if list(g.output.uses)]
    kept = [g for g in graphs if any(isinstance(u.owner.opview, sam.BindOp) for u in g.output.uses)]
    return ["".join("s" if w.dense is None else "d" for w in g.writers) for g in kept]


@pytest.mark.parametrize("name", PROGRAMS)
def test_levels(name):
    _, _, _, levels = PROGRAMS[name]
    if levels is not None:
        assert read_levels(lowered(name)) == levels


@pytest.mark.parametrize("density", [0.0, 0.2, 1.0])
@pytest.mark.parametrize("lanes", [1, 4, 16])
@pytest.mark.parametrize("name", PROGRAMS)
def test_values(name, lanes, density):
    """The interpreter checks that nothing lacks in a dense level."""
    _, text, numpy, _ = PROGRAMS[name]
    given, module = arrays(text, density), lowered(name, lanes)
    (interpreted,) = run(module, given).values()
    np.testing.assert_array_equal(interpreted, numpy(given))
    for machine in ("sam-ideal", "capstan") if density == 0.2 else ("sam-ideal",):
        artifact = compile_graph(module, given, machine=machine)
        assert verify(artifact.program, artifact.machine) == []
        (ours, fast), (theirs, slow) = (artifact.run(engine) for engine in ("native", "python"))
        np.testing.assert_array_equal(ours.to_dense(), numpy(given))
        np.testing.assert_array_equal(theirs.to_dense(), numpy(given))
        assert fast.sections == slow.sections


@pytest.mark.parametrize("lanes", [1, 4])
@pytest.mark.parametrize(
    ("text", "form", "numpy"),
    [
        (
            "p(k) = A(i,k) * u(i); X(k,j) = p(k) * F(k,j)",
            "ss",
            lambda m: (m["A"].T @ m["u"])[:, None] * m["F"],
        ),
        (
            "P(k,j) = A(i,k) * G(i,j); X(k,l) = P(k,j) * W(j,l)",
            "ds",
            lambda m: m["A"].T @ m["G"] @ m["W"],
        ),
    ],
)
def test_results_that_are_filled_up_in_ranges(text, form, numpy, lanes):
    given = arrays(text, 0.2)
    options = {"formats": {"A": form}, "fusion": "none", "lanes": lanes, "machine": "capstan"}
    artifact = compile_expression(text, given, extent=3, **options)
    (ours, fast), (theirs, slow) = (artifact.run(engine) for engine in ("native", "python"))
    np.testing.assert_array_equal(ours.to_dense(), numpy(given))
    np.testing.assert_array_equal(theirs.to_dense(), numpy(given))
    assert fast.sections == slow.sections
