"""Graphs compiled for given operands: what is taken, what is refused, what is counted."""

import numpy as np
import pytest
import scipy.sparse
from sparse_graphs import shares

from rdu.frontends.sparse.builder import GraphBuilder, Operand
from rdu.frontends.sparse.kernels import KERNELS
from rdu.interpreter.run import load_meanings, run
from rdu.mlir_ext.context import make_context, parse
from rdu.mlir_ext.driver import run_pass
from rdu.mlir_ext.meaning import MEANINGS
from rdu.semantics.fibertree import Coordinates, Format, build
from rdu.sparse import compile_expression, compile_graph, tokens
from rdu.support.diagnostics import ExitCode, RduError, UsageError
from rdu.transforms.conversion.linalg_to_sam import LinalgToSam
from rdu.transforms.sam.read_as_written import ReadAsWritten

DENSE = np.array([[0, 2, 0, 1], [0, 0, 0, 0], [3, 0, 4, 0]], np.float32)


def counted(module, operands, monkeypatch):
    """Interpret a graph; return how many tokens it sends, each root's two included."""
    load_meanings()
    counts = []

    def counting(meaning):
        def count(op, frame, *arguments):
            results = meaning(op, frame, *arguments)
            streams = results if isinstance(results, tuple) else (results,)
            counts.extend(len(stream) for stream in streams if isinstance(stream, list))
            return results

        return count

    for name in ("root", "fiber_lookup", "repeat", "intersect", "union", "array", "alu", "reduce"):
        monkeypatch.setitem(MEANINGS, f"sam.{name}", counting(MEANINGS[f"sam.{name}"]))
    run(module, operands)
    return sum(counts)


@pytest.mark.parametrize("name", ["spmv", "mm_ijk", "mttkrp", "ewmul3", "plus2"])
def test_tokens_are_those_that_the_graph_sends(name, monkeypatch):
    kernel = KERNELS[name]
    letters = sorted(set("".join(kernel.operands.values())))
    extents = dict(zip(letters, range(3, 9), strict=False))
    rng = np.random.default_rng(1)
    operands = {
        name: (rng.random([extents[v] for v in variables]) < 0.5).astype(np.float32)
        for name, variables in kernel.operands.items()
    }
    module = kernel.build(*(extents[letter] for letter in letters))
    artifact = compile_graph(module, operands)
    sent = tokens(artifact.program, artifact.run("python").result)
    assert sum(map(sum, sent.values())) == counted(module, operands, monkeypatch)
    assert sent["root"] == (2 * len(operands),)
    assert len(sent["fiber_lookup_B_1"]) == 2


def test_zeros_that_a_tree_stores_stay_stored():
    points = Coordinates.of((3, 4), [[0, 2], [1, 3]], np.array([5, 0], np.float32))
    tree = build(points, Format.of(["compressed", "compressed"]))
    module = KERNELS["ewmul"].build(3, 4)
    result = compile_graph(module, {"B": tree, "C": tree}).run("python").tensor
    assert result.stored == 2
    assert result.values.tolist() == [25, 0]
    turned = build(points, Format.of(["dense", "compressed"], [1, 0]))
    result = compile_graph(module, {"B": turned, "C": tree}).run("python").tensor
    assert result.values.tolist() == [25, 0]


def test_the_module_stays_as_it_is():
    module = KERNELS["plus2"].build(3, 4)
    before = str(module)
    compile_graph(module, {"B": DENSE, "C": DENSE})
    assert str(module) == before


def test_operands_that_do_not_fit_are_refused_all_at_once():
    module = KERNELS["sddmm"].build(3, 4, 5)
    with pytest.raises(RduError) as caught:
        compile_graph(module, {"B": DENSE.T, "C": np.ones((3, 5), np.int32), "E": DENSE})
    assert caught.value.render().splitlines() == [
        "error: operand 'E' is unknown: expected 'B', 'C', 'D'",
        "error: operand 'B' is float32[4, 3]: expected float32[3, 4]",
        "error: operand 'C' is int32[3, 5]: expected float32[3, 5]",
        "error: operand 'D' is missing: expected float32[4, 5]",
    ]


def test_an_operand_that_no_format_holds_is_refused():
    g = GraphBuilder((3,), {"B": Operand((3, 4), ["dense", "singleton"])})
    crd, refs = g.lookup(g.tensor("B"), 0, g.root())
    _, refs = g.lookup(g.tensor("B"), 1, refs)
    module = g.finish([crd], g.reduce("add", g.array(g.tensor("B"), refs), crd))
    with pytest.raises(RduError, match="'B' does not go into 'dense, singleton': singleton level"):
        compile_graph(module, {"B": DENSE})


def test_a_module_without_one_result_is_a_wrong_call():
    module = parse("func.func @f() { return }", make_context())
    with pytest.raises(UsageError, match="'f' of 0 results: expected one function of one result"):
        compile_graph(module, {})


def test_a_machine_without_primitives_is_refused():
    module = KERNELS["plus2"].build(3, 4)
    with pytest.raises(RduError, match="plasticine"):
        compile_graph(module, {"B": DENSE, "C": DENSE}, machine="plasticine")


def test_channels_that_are_too_short_deadlock_with_a_remedy():
    operands = {"B": np.ones((4, 16), np.float32)}
    with pytest.raises(RduError, match="capacity") as caught:
        compile_graph(shares(4, 16), operands, fifo_depth=8).run("python")
    assert caught.value.exit_code is ExitCode.DEADLOCK
    tensor = compile_graph(shares(4, 16), operands, fifo_depth=32).run("python").tensor
    assert (tensor.to_dense() == 1 / 16).all()


def test_no_room_for_the_result_is_a_fault():
    artifact = compile_graph(
        KERNELS["plus2"].build(3, 4), {"B": DENSE, "C": DENSE}, capacity=(2, 3, 3)
    )
    with pytest.raises(RduError) as caught:
        artifact.run("python")
    assert caught.value.exit_code is ExitCode.ERROR


@pytest.mark.parametrize("fifo_depth", [None, 1, 2, 8])
@pytest.mark.parametrize("densities", [(0.5, 0.02), (0.02, 0.5), (0.3, 0.3), (0.0, 1.0)])
def test_skipping_changes_cycles_and_nothing_else(densities, fifo_depth):
    random = np.random.default_rng(1)
    made = [((random.random((12, 40)) < d) * random.integers(1, 5, (12, 40))) for d in densities]
    operands = dict(zip("BC", (array.astype(np.float32) for array in made), strict=True))
    forms = dict.fromkeys("BCX", "ss")
    text = "X(i,j) = B(i,k) * C(j,k)"
    runs = [
        compile_expression(text, operands, formats=forms, skip=skip, fifo_depth=fifo_depth).run()
        for skip in (False, True)
    ]
    for tree, _ in runs:
        np.testing.assert_array_equal(tree.to_dense(), made[0] @ made[1].T)
    if densities in ((0.5, 0.02), (0.02, 0.5)) and fifo_depth is None:
        assert runs[1].result.cycles < runs[0].result.cycles


def product_and_sums():
    """Return a function of two results, of which the second one is computed from the first."""
    text = """
    func.func @main(%b: tensor<3x4xf32> {rdu.name = "B"})
        -> (tensor<3x4xf32> {rdu.name = "X"}, tensor<3xf32> {rdu.name = "y"}) {
      %x = tensor.empty() : tensor<3x4xf32>
      %zero = arith.constant dense<0.0> : tensor<3xf32>
      %square = linalg.mul ins(%b, %b : tensor<3x4xf32>, tensor<3x4xf32>)
        outs(%x : tensor<3x4xf32>) -> tensor<3x4xf32>
      %y = linalg.reduce { arith.addf } ins(%square : tensor<3x4xf32>)
        outs(%zero : tensor<3xf32>) dimensions = [1]
      return %square, %y : tensor<3x4xf32>, tensor<3xf32>
    }"""
    with make_context() as context:
        module = parse(text, context)
    run_pass(module, LinalgToSam, dense=True)
    run_pass(module, ReadAsWritten)
    return module


@pytest.mark.parametrize("machine", ["sam-ideal", "capstan"])
@pytest.mark.parametrize("capacity", [(), "observed", {"y": (3, 3)}])
def test_several_results(machine, capacity):
    artifact = compile_graph(product_and_sums(), {"B": DENSE}, machine=machine, capacity=capacity)
    runs = [artifact.run_all(engine) for engine in ("native", "python")]
    assert runs[0].result.cycles == runs[1].result.cycles
    for tensors, _ in runs:
        np.testing.assert_array_equal(tensors["X"].to_dense(), DENSE * DENSE)
        np.testing.assert_array_equal(tensors["y"].to_dense(), (DENSE * DENSE).sum(1))
    with pytest.raises(UsageError, match="results X, y: expected one, or 'run_all'"):
        artifact.run()


def test_room_for_a_result_that_is_not_there():
    with pytest.raises(UsageError, match="no result 'Z': expected one of X, y"):
        compile_graph(product_and_sums(), {"B": DENSE}, capacity={"Z": (1, 1)})


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        *(("fifo_depth", given, "a whole number from 1 to") for given in (0, -1, "foo", 1.5, True)),
        ("fifo_depth", 2**63, "or 'auto' or 'inf' or 'None'"),
        *(("dtype", given, "expected 'f32' or 'i32'") for given in ("f64", "float32", np.float32)),
        ("capacity", ("a",), "'capacity' is 'a': expected a whole number from 0 to"),
        ("capacity", (2.5, 2.5), "'capacity' is 2.5: expected a whole number"),
        ("capacity", {"x": (3, 2**63)}, "expected a whole number"),
        ("capacity", 5, "'capacity' is 5: expected several, in a list"),
        ("capacity", "foo", "'capacity' is 'foo': expected 'observed'"),
        ("machine", None, "'machine' is None: expected a text"),
        ("formats", "ss", "'formats' is 'ss': expected formats by name"),
        ("shapes", [1], r"'shapes' is \[1\]: expected shapes by name"),
    ],
)
def test_arguments_that_are_wrong(option, value, says):
    with pytest.raises(UsageError, match=says):
        compile_expression("x(i) = b(i)", {"b": np.ones(3, np.float32)}, **{option: value})


def test_numbers_of_numpy_are_numbers():
    vector = np.array([1, 0, 2], np.float32)
    options = {"fifo_depth": np.int64(2), "capacity": np.array([3, 3])}
    artifact = compile_expression("x(i) = b(i)", {"b": vector}, **options)
    capacities = [sink.capacity for net in artifact.program.sections[0].nets for sink in net.sinks]
    assert set(capacities) == {2}
    assert artifact.run("python").tensor.to_dense().tolist() == [1, 0, 2]


def test_a_sum_of_too_many_terms_is_refused():
    vector = np.array([1, 0, 2], np.float32)
    with pytest.raises(RduError, match=r"notation:1:1: error: an expression is nested too deeply"):
        compile_expression("x(i) = " + "+".join(["b(i)"] * 400), {"b": vector})
    half = "+".join(["b(i)"] * 200)
    text = f"y(i) = {half}; x(i) = y(i) + {half}"
    artifact = compile_expression(text, {"b": vector}, fusion="none")
    assert artifact.run().tensor.to_dense().tolist() == [400, 0, 800]


def test_what_has_too_little_room_is_told_of_capacity():
    vector = np.array([1, 0, 2], np.float32)
    artifact = compile_expression("x(i) = b(i)", {"b": vector}, capacity=(2, 2))
    for engine in ("native", "python"):
        with pytest.raises(RduError, match=r"'x.coordinates0' is out of range") as raised:
            artifact.run(engine)
        assert raised.value.diagnostics[0].hint == (
            "more room for what is written: larger tensors, or a larger 'capacity' to compile with"
        )


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"lanes": 0}, "'lanes' is 0: expected a whole number from 1"),
        ({"lanes": "all"}, "'lanes' is 'all': expected a whole number from 1 to .* or 'auto'"),
        ({"residency": "tier"}, "'residency' is 'tier': expected 'auto' or 'scratchpad' or 'dram'"),
        ({"extent": 0}, "'extent' is 0: expected a whole number from 1"),
        ({"extent": 2.5}, "'extent' is 2.5"),
    ],
)
def test_options_of_lanes_and_memory(options, says):
    with pytest.raises(UsageError, match=says):
        compile_expression("X(i,j) = B(i,j)", {"B": DENSE}, **options)


@pytest.mark.parametrize("stored", ["none", "one", "other"])
@pytest.mark.parametrize("result", ["sss", "dss", "ssd"])
def test_fibers_that_no_operand_has_hold_nothing(stored, result):
    """The loop over k takes every coordinate, below some of which neither operand is walked."""
    a, b = np.zeros((2, 3), np.float32), np.zeros((2, 3, 4), np.float32)
    if stored == "one":
        a[1, 2] = 5
    if stored == "other":
        b[0, 1, 3] = 7
    formats = {"A": "ss", "B": "dss:0,2,1", "X": result}
    text = "X(i,k,j) = A(i,j) - B(i,j,k)"
    artifact = compile_expression(text, {"A": a, "B": b}, formats=formats)
    for engine in ("native", "python"):
        dense = artifact.run(engine).tensor.to_dense()
        np.testing.assert_array_equal(dense, a[:, None, :] - b.transpose(0, 2, 1))


@pytest.mark.parametrize("stored", [0, 1, 5])
@pytest.mark.parametrize("result", ["sdd:2,0,1", "sds:2,0,1", "dsd:2,0,1", "sss:2,0,1"])
def test_levels_below_a_compressed_one_drop_together(stored, result):
    """Rows of which nothing is left after a sum go from all levels, dense ones included."""
    b = np.zeros((2, 3, 2), np.float32)
    b.reshape(-1)[:stored] = np.arange(1, stored + 1)
    artifact = compile_expression(
        "X(i,j,k) = sum[l](B(i,l,j))",
        {"B": b},
        formats={"B": "dds", "X": result},
        shapes={"X": (2, 2, 4)},
    )
    expected = np.broadcast_to(b.sum(1)[:, :, None], (2, 2, 4))
    for engine in ("native", "python"):
        np.testing.assert_array_equal(artifact.run(engine).tensor.to_dense(), expected)


@pytest.mark.parametrize("reduction", ["sum", "min"])
def test_an_intermediate_in_blocks_that_it_is_not_written_in(reduction):
    """A graph writes no blocks; who would read them is refused, on every machine."""
    blocks = scipy.sparse.csr_array(np.ones((2, 3), np.float32)).tobsr(blocksize=(2, 1))
    arrays = {"C": np.ones((2, 4), np.float32), "D": np.ones((4, 3), np.float32)}
    text = f"u(i,k) = sum[l](C(i,l) * D(l,k)); x(k) = {reduction}[i,j](B(i,j) * u(i,k))"
    for machine in ("sam-ideal", "capstan"):
        with pytest.raises(RduError, match=r"expected compressed, compressed, as it is written"):
            compile_expression(text, {"B": blocks, **arrays}, fusion="none", machine=machine)
