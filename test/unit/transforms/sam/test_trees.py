"""Trees of primitives give the streams of those that they stand for."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rdu.dialects import sam
from rdu.frontends.sparse.kernels import KERNELS
from rdu.frontends.sparse.notation.lowering import to_linalg
from rdu.interpreter.run import run
from rdu.mlir_ext import func, ir
from rdu.mlir_ext.context import make_context, verify
from rdu.mlir_ext.driver import run_pass, run_pipeline
from rdu.mlir_ext.pipeline import parse_pipeline
from rdu.pipelines import plain_to_sam
from rdu.sparse import compile_expression, compile_graph
from rdu.transforms.conversion.sparse.primitives import Primitives
from rdu.transforms.sam.parallelize import Parallelize
from rdu.transforms.sam.trees import RULES, Ports, Trees

PORTS = {"fewest": Ports(4, 3), "capstan": Ports(6, 4), "inputs": Ports(9, 4)}
NAMES = "BCDEFGHK"


@pytest.fixture(params=PORTS)
def ports(request, monkeypatch):
    """Ports of a machine, so that nodes take from 2 streams to 4."""
    monkeypatch.setattr("rdu.transforms.sam.trees.ports_of", lambda machine: PORTS[request.param])
    return PORTS[request.param]


def matrices(number, seed, density):
    random = np.random.default_rng(seed)
    return {
        name: ((random.random((4, 5)) < density) * random.integers(1, 5, (4, 5))).astype(np.float32)
        for name in NAMES[:number]
    }


def graph_of(operator, arrays):
    text = f"X(i,j) = {f' {operator} '.join(f'{name}(i,j)' for name in arrays)}"
    module = to_linalg(text, arrays, formats=dict.fromkeys(arrays, "ss"))
    run_pipeline(module, parse_pipeline(plain_to_sam(), module.context))
    return module


def widths(module):
    """Return the most streams that any op of a kind has."""
    found = {}

    def visit(operation):
        op = operation.opview
        if rule := RULES.get(type(op)):
            found[type(op)] = max(found.get(type(op), 0), rule.number(op))
        return ir.WalkResult.ADVANCE

    module.operation.walk(visit)
    return found


@pytest.mark.parametrize("operator", ["+", "*"])
@settings(max_examples=15, deadline=None)
@given(
    number=st.integers(2, 8),
    seed=st.integers(0, 2**32 - 1),
    density=st.sampled_from((0.0, 0.2, 0.6, 0.9, 1.0)),
    kind=st.sampled_from(list(PORTS)),
)
def test_merges_of_many_sides(operator, number, seed, density, kind):
    arrays = matrices(number, seed, density)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rdu.transforms.sam.trees.ports_of", lambda machine: PORTS[kind])
        module = graph_of(operator, arrays)
        run_pass(module, Trees)
    verify(module)
    most = RULES[sam.UnionOp].most(PORTS[kind])
    assert all(width <= most for width in widths(module).values())
    (computed,) = run(module, arrays).values()
    whole = np.add if operator == "+" else np.multiply
    np.testing.assert_array_equal(computed, whole.reduce(list(arrays.values())))


@pytest.mark.parametrize(("factor", "chunk"), [(4, 1), (6, 1), (6, 3), (8, 2), (9, 1)])
@pytest.mark.parametrize("name", ["mm_ijk", "spmv", "sddmm"])
def test_copies_of_many_branches(name, factor, chunk, ports):
    kernel, random = KERNELS[name], np.random.default_rng(factor)
    extents = {v: 11 - 2 * n for n, v in enumerate(sorted(set("".join(kernel.operands.values()))))}
    module = kernel.build(*extents.values())
    arrays = {
        operand: (random.integers(-4, 5, [extents[v] for v in variables]).clip(0)).astype(
            np.float32
        )
        for operand, variables in kernel.operands.items()
    }
    (expected,) = run(module, arrays).values()
    run_pass(module, Parallelize, factor=factor, chunk=chunk)
    run_pass(module, Trees)
    verify(module)
    (computed,) = run(module, arrays).values()
    np.testing.assert_array_equal(computed, expected)
    for op, width in widths(module).items():
        assert width <= RULES[op].most(ports)


def concatenation(sizes):
    """Return a function that puts vectors behind each other by one op."""
    with make_context(), ir.Location.unknown():
        module = ir.Module.create().operation.opview
        kinds = [ir.RankedTensorType.get([size], ir.F32Type.get()) for size in sizes]
        result = ir.RankedTensorType.get([sum(sizes)], ir.F32Type.get())
        with ir.InsertionPoint(module.regions[0].blocks[0]):
            function = func.FuncOp("main", (kinds, [result]))
        block = function.add_entry_block()
        with ir.InsertionPoint(block):
            graph = sam.GraphOp(result)
            body = ir.InsertionPoint(graph.operation.regions[0].blocks.append())
            write = Primitives(body)
            sides = []
            for argument in block.arguments:
                bound = write.bind(argument, ["compressed"], [0])
                side = write.lookup(bound, 0, write.root())
                sides.append((side.crd.value, write.array(bound, side.payload).value))
            offsets = [sum(sizes[:number]) for number in range(len(sizes))]
            with body:
                op = sam.ConcatOp(
                    *map(list, zip(*sides, strict=True)),
                    offsets,
                    sides[0][0].type,
                    sides[0][1].type,
                )
                sam.FiberWriteOp(op.crd, 0)
                sam.YieldOp(op.payload)
            func.ReturnOp([graph.output])
        verify(module)
        return module


@pytest.mark.parametrize("number", [2, 3, 4, 7, 8])
def test_concatenations_of_many(number, ports):
    sizes = [number % 3 + 1 + n for n in range(number)]
    module = concatenation(sizes)
    arrays = {f"arg{n}": (np.arange(size) % 3).astype(np.float32) for n, size in enumerate(sizes)}
    run_pass(module, Trees)
    verify(module)
    assert widths(module)[sam.ConcatOp] <= ports.inputs // 2
    (computed,) = run(module, arrays).values()
    np.testing.assert_array_equal(computed, np.concatenate(list(arrays.values())))


@pytest.mark.parametrize("skip", [False, True])
@pytest.mark.parametrize("operator", ["+", "*"])
def test_many_operands_on_a_grid(operator, skip):
    arrays = matrices(6, 3, 0.7)
    text = f"X(i,j) = {f' {operator} '.join(f'{name}(i,j)' for name in arrays)}"
    formats = dict.fromkeys(arrays, "ss")
    artifact = compile_expression(text, arrays, formats=formats, machine="capstan", skip=skip)
    runs = [artifact.run(engine) for engine in ("native", "python")]
    whole = np.add if operator == "+" else np.multiply
    expected = whole.reduce(list(arrays.values()))
    for tensor, _ in runs:
        np.testing.assert_array_equal(tensor.to_dense(), expected)
    assert runs[0].result.cycles == runs[1].result.cycles


def test_eight_copies_on_a_grid():
    arrays = {"B": matrices(1, 1, 0.5)["B"], "c": np.arange(5, dtype=np.float32)}
    module = KERNELS["spmv"].build(4, 5)
    run_pass(module, Parallelize, factor=8)
    tensor, _ = compile_graph(module, arrays, machine="capstan").run()
    np.testing.assert_array_equal(tensor.to_dense(), arrays["B"] @ arrays["c"])
