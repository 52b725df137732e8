"""The pass `linalg-dissolve-views` keeps values: random chains of reshapes and ops, on arrays."""

import math
import random

import numpy as np
import pytest

from rdu.interpreter import run
from rdu.mlir_ext.context import make_context, parse
from rdu.mlir_ext.opt import Settings, optimize
from rdu.support.diagnostics import RduError


def dissolved(text):
    """Return what the pass makes of a text, None if its cuts do not agree."""
    try:
        return optimize(text, Settings(pipeline="linalg-dissolve-views"))
    except RduError as refusal:
        said = str(refusal)
    assert "expected that each divides the next" in said
    return None


class Chain:
    """A function of one argument that grows op by op, and what it computes in NumPy."""

    def __init__(self, shape):
        self.start, self.shape, self.lines = tuple(shape), tuple(shape), []
        self.steps = []

    @property
    def kind(self):
        return f"tensor<{'x'.join([*map(str, self.shape), 'f32'])}>"

    def add(self, text, shape, step):
        number, before = len(self.steps), self.kind
        self.shape = tuple(shape)
        self.lines.append(text.format(x=f"%v{number}", y=f"%v{number + 1}", a=before, b=self.kind))
        self.steps.append(step)

    def expand(self, rng):
        dimension = rng.randrange(len(self.shape))
        extent = self.shape[dimension]
        first = rng.choice([d for d in range(1, extent + 1) if extent % d == 0])
        shape = [*self.shape[:dimension], first, extent // first, *self.shape[dimension + 1 :]]
        groups = [[d + (d > dimension)] for d in range(len(self.shape))]
        groups[dimension] = [dimension, dimension + 1]
        text = f"{{y}} = tensor.expand_shape {{x}} {groups} output_shape {shape} : {{a}} into {{b}}"
        self.add(text, shape, lambda array: array.reshape(shape))

    def collapse(self, rng):
        if len(self.shape) < 2:
            return
        dimension = rng.randrange(len(self.shape) - 1)
        joint = self.shape[dimension] * self.shape[dimension + 1]
        shape = [*self.shape[:dimension], joint, *self.shape[dimension + 2 :]]
        groups = [[d + (d > dimension)] for d in range(len(shape))]
        groups[dimension] = [dimension, dimension + 1]
        text = f"{{y}} = tensor.collapse_shape {{x}} {groups} : {{a}} into {{b}}"
        self.add(text, shape, lambda array: array.reshape(shape))

    def transpose(self, rng):
        order = rng.sample(range(len(self.shape)), len(self.shape))
        shape = [self.shape[d] for d in order]
        text = (
            "{y}e = tensor.empty() : {b}\n"
            "{y} = linalg.transpose ins({x} : {a}) outs({y}e : {b}) "
            f"permutation = {order}"
        )
        self.add(text, shape, lambda array: array.transpose(order))

    def negate(self, rng):
        del rng
        text = (
            "{y}e = tensor.empty() : {b}\n{y} = linalg.negf ins({x} : {a}) outs({y}e : {b}) -> {b}"
        )
        self.add(text, self.shape, lambda array: -array)

    def total(self, rng):
        if len(self.shape) < 2:
            return
        dimension = rng.randrange(len(self.shape))
        shape = [*self.shape[:dimension], *self.shape[dimension + 1 :]]
        text = (
            "{y}e = tensor.empty() : {b}\n"
            "{y}f = linalg.fill ins(%zero : f32) outs({y}e : {b}) -> {b}\n"
            "{y} = linalg.reduce {{arith.addf}} ins({x} : {a}) outs({y}f : {b}) "
            f"dimensions = [{dimension}]"
        )
        text = text.replace("{{arith", "{{ arith").replace("addf}}", "addf }}")
        self.add(text, shape, lambda array: array.sum(dimension))

    def slice(self, rng):
        dimension = rng.randrange(len(self.shape))
        extent = self.shape[dimension]
        offset = rng.randrange(extent)
        size = rng.randint(1, extent - offset)
        offsets, sizes = [0] * len(self.shape), list(self.shape)
        offsets[dimension], sizes[dimension] = offset, size
        ones = [1] * len(sizes)
        text = f"{{y}} = tensor.extract_slice {{x}}{offsets} {sizes} {ones} : {{a}} to {{b}}"
        place = tuple(slice(at, at + n) for at, n in zip(offsets, sizes, strict=True))
        self.add(text, sizes, lambda array: array[place])

    def twice(self, rng):
        dimension = rng.randrange(len(self.shape))
        shape = [n * (1 + (d == dimension)) for d, n in enumerate(self.shape)]
        text = f"{{y}} = tensor.concat dim({dimension}) {{x}}, {{x}} : ({{a}}, {{a}}) -> {{b}}"
        self.add(text, shape, lambda array: np.concatenate((array, array), dimension))

    def insert(self, rng):
        dimension = rng.randrange(len(self.shape))
        before, after = rng.randint(0, 4), rng.randint(0, 4)
        shape = [n + (before + after) * (d == dimension) for d, n in enumerate(self.shape)]
        offsets = [before * (d == dimension) for d in range(len(shape))]
        ones = [1] * len(shape)
        text = (
            "{y}z = arith.constant dense<0.0> : {b}\n{y} = tensor.insert_slice {x} into {y}z"
            f"{offsets} {list(self.shape)} {ones} : {{a}} into {{b}}"
        )
        around = [(before * (d == dimension), after * (d == dimension)) for d in range(len(shape))]
        self.add(text, shape, lambda array: np.pad(array, around))

    def text(self):
        start = Chain(self.start).kind
        body = "\n".join(["%zero = arith.constant 0.0 : f32", *self.lines])
        end = f"return %v{len(self.steps)} : {self.kind}"
        return f"func.func @main(%v0: {start}) -> {self.kind} {{\n{body}\n{end}\n}}"

    def expected(self, array):
        for step in self.steps:
            array = step(array)
        return array


SHAPES = [(12,), (4, 6), (2, 1, 9), (8, 3, 2)]


MOVES = (Chain.slice, Chain.twice, Chain.insert)


def random_chain(seed, moves=()):
    rng = random.Random(seed)
    chain = Chain(rng.choice(SHAPES))
    ops = [Chain.expand, Chain.collapse, Chain.transpose, Chain.negate, Chain.total, *moves]
    weights = [3, 3, 3, 2, 1, *(2 for _ in moves)]
    for op in rng.choices(ops, weights=weights, k=8 - len(moves)):
        op(chain, rng)
    return chain


@pytest.mark.parametrize("moves", [(), MOVES], ids=["views", "moves"])
@pytest.mark.parametrize("seed", range(60))
def test_random_chains(seed, moves):
    chain = random_chain(seed, moves)
    array = np.random.default_rng(seed).integers(-9, 9, chain.start).astype(np.float32)
    context = make_context()
    before = run(parse(chain.text(), context, source_name="chain"), [array])
    np.testing.assert_array_equal(first(before), chain.expected(array))
    text = dissolved(chain.text())
    if text is None:
        return
    for name in ("expand_shape", "collapse_shape", "transpose"):
        assert name not in text
    module = parse(text, context, source_name="dissolved")
    shape = argument_shape(module)
    assert math.prod(shape) == array.size
    after = first(run(module, [array.reshape(shape)]))
    np.testing.assert_array_equal(after.reshape(chain.shape), chain.expected(array))


@pytest.mark.parametrize(("moves", "least"), [((), 40), (MOVES, 30)], ids=["views", "moves"])
def test_most_random_chains_are_dissolved(moves, least):
    """Else the test above would say little."""
    kept = [seed for seed in range(60) if dissolved(random_chain(seed, moves).text()) is not None]
    assert len(kept) >= least


def first(results):
    return next(iter(results.values())) if isinstance(results, dict) else results[0]


def argument_shape(module):
    return list(module.body.operations[0].body.blocks[0].arguments[0].type.shape)
