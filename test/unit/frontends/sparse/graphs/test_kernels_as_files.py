"""The kernels of SAM's evaluation, written as files and read back, against NumPy."""

import re
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sam_graphs import CASES
from sam_kernels import KERNELS
from sam_text import Graph

from rdu.frontends.sparse import read_folder, write_folder
from rdu.frontends.sparse.graphs import (
    dot_formats,
    read_dot,
    read_tortilla,
    write_dot,
    write_tortilla,
)
from rdu.interpreter import run
from rdu.mlir_ext.context import make_context, parse
from rdu.semantics.fibertree import store

FILES = {"dot": (read_dot, write_dot), "tortilla": (read_tortilla, write_tortilla)}


def sparse(shape, rng):
    density = rng.choice([0.0, 0.2, 0.5, 1.0])
    return ((rng.random(shape) < density) * rng.integers(1, 6, shape)).astype(np.float32)


def primitives(module):
    """Count the ops of each name; one root does for all tensors."""
    found = Counter(re.findall(r'"(sam\.\w+)"', str(module)))
    return found | {"sam.root": 1}


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("name", KERNELS)
@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_kernels(name, file, seed):
    build, operands, formula = KERNELS[name]
    read, write = FILES[file]
    rng = np.random.default_rng(seed)
    letters = sorted(set("".join(operands)))
    extents = {letter: int(rng.integers(1, 6)) for letter in letters}
    arrays = [sparse([extents[letter] for letter in each], rng) for each in operands]
    module = parse(build(*extents.values()), make_context())
    written = write(module)
    back = read(written)
    (result,) = run(back, arrays).values()
    expected = np.einsum(formula, *arrays) if formula else sum(arrays)
    np.testing.assert_array_equal(result, expected)
    assert write(back) == written
    assert primitives(back) == primitives(module)


def test_one_kind_of_file_by_way_of_the_other():
    build, _, _ = KERNELS["mttkrp"]
    module = read_dot(write_dot(parse(build(2, 3, 4, 5), make_context())))
    assert str(read_dot(write_dot(read_tortilla(write_tortilla(module))))) == str(module)


def test_a_graph_with_a_folder_of_tensors(tmp_path):
    """What SAM's tools leave: a graph, and the levels of its operands as text."""
    rng = np.random.default_rng(5)
    text = CASES["outer"].text
    result, *operands = dot_formats(text).items()
    assert [name for name, _ in operands] == ["B", "C"]
    for (name, form), shape in zip(operands, [(6, 5), (5, 4)], strict=True):
        levels = [str(level) for level in form.levels]
        write_folder(tmp_path, name, store(sparse(shape, rng), levels, form.order))
    trees = {name: read_folder(tmp_path, name, form) for name, form in operands}
    module = read_dot(text, shapes={name: tree.shape for name, tree in trees.items()})
    arrays = {name: tree.to_dense() for name, tree in trees.items()}
    np.testing.assert_array_equal(run(module, arrays)[result[0]], arrays["B"] @ arrays["C"])


@pytest.mark.parametrize("file", FILES)
def test_a_reducer_before_an_accumulator_that_reduces(file):
    """X(i,j) = B(i,k,l) C(k,j,l) over i, k, j, l: not all such reducers pass values on."""
    read, write = FILES[file]
    levels = ["compressed"] * 3
    g = Graph((2, 4), {"B": ((2, 3, 5), levels), "C": ((3, 4, 5), levels)})
    crd_i, b = g.lookup(g.B, 0, g.root)
    crd_k, b, c = g.merge("intersect", g.lookup(g.B, 1, b), g.lookup(g.C, 0, g.repeat(g.root, b)))
    crd_j, c = g.lookup(g.C, 1, c)
    _, b, c = g.merge("intersect", g.lookup(g.B, 2, g.repeat(b, c)), g.lookup(g.C, 2, c))
    sums = g.reduce(g.alu("mul", g.load(g.B, b), g.load(g.C, c)), crd_j)
    xj, x = g.accumulate(crd_k, [crd_j], sums)
    module = parse(g.finish([crd_i, xj], x), make_context())
    back = read(write(module))
    assert primitives(back) == primitives(module)
    rng = np.random.default_rng(1)
    arrays = [rng.integers(0, 3, shape).astype(np.float32) for shape in ((2, 3, 5), (3, 4, 5))]
    (result,) = run(back, arrays).values()
    np.testing.assert_array_equal(result, np.einsum("ikl,kjl->ij", *arrays))


def test_edges_that_say_two_things():
    """X(i,j) = B(i,j) + c(j) in rows that B has: what a drop sends is a side of a joiner."""
    g = Graph((4, 5), {"B": ((4, 5), ["dense", "compressed"]), "c": ((5,), ["compressed"])})
    crd_i, bi = g.lookup(g.B, 0, g.root)
    crd_j, bj = g.lookup(g.B, 1, bi)
    kept, below = g.op("crd_drop", [crd_i, crd_j], ["crd:1", "crd:2"])
    _, refs = g.op("crd_drop", [crd_i, bj], ["crd:1", "ref:2"])
    crd, b, c = g.merge("union", (below, refs), g.lookup(g.c, 0, g.repeat(g.root, kept)))
    text = g.finish([kept, crd], g.alu("sub", g.load(g.B, b), g.load(g.c, c)))
    written = write_dot(parse(text, make_context()))
    back = read_dot(written)
    assert write_dot(back) == written
    rng = np.random.default_rng(3)
    arrays = [sparse((4, 5), rng) * np.array([[1], [0], [1], [0]], np.float32), sparse((5,), rng)]
    (result,) = run(back, arrays).values()
    rows = arrays[0].any(axis=1, keepdims=True)
    np.testing.assert_array_equal(result, np.where(rows, arrays[0] - arrays[1], 0))


def test_values_of_integers():
    case = CASES["residual"]
    shapes = {"b": (3,), "C": (3, 4), "d": (4,)}
    module = read_dot(case.text, shapes=shapes, element="i32")
    rng = np.random.default_rng(0)
    arrays = {name: rng.integers(-9, 9, shape).astype(np.int32) for name, shape in shapes.items()}
    (result,) = run(module, arrays).values()
    np.testing.assert_array_equal(result, case.expected(*arrays.values()))
    assert "tensor<3xi32>" in str(read_tortilla(write_tortilla(module)))
