"""Results that are read in another order than they are written in, stored anew by graphs."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rdu.dialects import sam
from rdu.dialects.sam.graph import COPY
from rdu.interpreter.run import run
from rdu.mlir_ext import func, ir
from rdu.mlir_ext.context import make_context, verify
from rdu.mlir_ext.driver import run_pass
from rdu.mlir_ext.functions import defined_functions
from rdu.sparse import compile_graph
from rdu.transforms.conversion.sparse.primitives import Primitives
from rdu.transforms.sam.read_as_written import ReadAsWritten


def twice_copied(shape, kinds, written, wanted, element="f32"):
    """Return a function of two graphs: one writes an argument, the other one reads that."""
    with make_context(), ir.Location.unknown():
        module = ir.Module.create().operation.opview
        kind = ir.RankedTensorType.get(list(shape), ir.Type.parse(element))
        with ir.InsertionPoint(module.regions[0].blocks[0]):
            function = func.FuncOp("main", ([kind], [kind]))
        block = function.add_entry_block()
        value = block.arguments[0]
        with ir.InsertionPoint(block):
            for order in (written, wanted):
                graph = sam.GraphOp(kind, order=list(order))
                body = graph.operation.regions[0].blocks.append()
                write = Primitives(ir.InsertionPoint(body))
                bound = write.bind(value, [kinds[dimension] for dimension in order], order)
                crds, refs = [], write.root()
                for level in range(len(shape)):
                    side = write.lookup(bound, level, refs)
                    crds.append(side.crd)
                    refs = side.payload
                write.finish(crds, write.array(bound, refs))
                value = graph.output
            func.ReturnOp([value])
        verify(module)
        return module


def copies_of(module):
    (function,) = defined_functions(module)
    operations = [op.operation for op in function.body.blocks[0].operations]
    return [op for op in operations if COPY in op.attributes]


CASES = st.integers(2, 5).flatmap(
    lambda rank: st.tuples(
        st.lists(st.integers(1, 4), min_size=rank, max_size=rank),
        st.lists(st.sampled_from(["dense", "compressed"]), min_size=rank, max_size=rank)
        | st.just(["compressed"] * rank),
        st.permutations(range(rank)),
        st.permutations(range(rank)),
    )
)


@settings(max_examples=80, deadline=None)
@given(case=CASES, seed=st.integers(0, 2**32 - 1), density=st.sampled_from((0.0, 0.2, 0.6, 1.0)))
def test_a_copy_holds_what_its_source_does(case, seed, density):
    shape, kinds, written, wanted = case
    random = np.random.default_rng(seed)
    values = ((random.random(shape) < density) * random.integers(-5, 6, shape)).astype(np.float32)
    module = twice_copied(*case)
    counts = run_pass(module, ReadAsWritten)
    assert counts["anew"] == len(copies_of(module)) == (written != wanted)
    (interpreted,) = run(module, {"arg0": values}).values()
    np.testing.assert_array_equal(interpreted, values)
    runs = [compile_graph(module, {"arg0": values}).run(engine) for engine in ("native", "python")]
    assert runs[0].result.cycles == runs[1].result.cycles
    for tree, _ in runs:
        np.testing.assert_array_equal(tree.to_dense(), values)
        check_full_levels(tree, [kinds[dimension] for dimension in wanted])


def check_full_levels(tree, kinds):
    """Whoever reads a dense level counts on every coordinate under each that is there."""
    fibers = 1
    for level, kind in zip(tree.levels, kinds, strict=True):
        if kind == "dense":
            assert (level.lengths(fibers) == level.extent).all()
        fibers = int(level.lengths(fibers).sum())


@pytest.mark.parametrize("wanted", list(permutations(range(3)))[1:])
def test_a_sorted_copy_stores_no_more_than_its_source(wanted):
    random = np.random.default_rng(0)
    values = (random.random((6, 7, 8)) < 0.1).astype(np.float32)
    module = twice_copied(values.shape, ["compressed"] * 3, (0, 1, 2), wanted)
    run_pass(module, ReadAsWritten)
    tree = compile_graph(module, {"arg0": values}).run().tensor
    assert tree.stored == np.count_nonzero(values)
    np.testing.assert_array_equal(tree.to_dense(), values)


def test_every_bit_of_a_value_is_kept():
    values = np.array([[0.5, np.inf, 1e-42], [np.nan, -np.inf, 3.5]], np.float32)
    for kinds in (["dense", "dense"], ["compressed", "compressed"]):
        module = twice_copied(values.shape, kinds, (0, 1), (1, 0))
        run_pass(module, ReadAsWritten)
        artifact = compile_graph(module, {"arg0": values})
        assert artifact.run().tensor.to_dense().tobytes() == values.tobytes()


def test_readers_of_one_order_share_a_copy():
    module = twice_copied((3, 4), ["compressed"] * 2, (0, 1), (1, 0))
    (function,) = defined_functions(module)
    reader = list(function.body.blocks[0].operations)[1]
    with module.context, ir.InsertionPoint.after(reader.operation):
        reader.operation.clone()
    assert run_pass(module, ReadAsWritten) == {"bound": 3, "anew": 1, "dense": 0}
    assert len(copies_of(module)) == 1
