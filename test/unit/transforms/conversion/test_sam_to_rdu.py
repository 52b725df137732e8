"""`sam-to-rdu`: every graph becomes a sound configuration that computes what the graph computes."""

import numpy as np
import pytest

from rdu.codegen import module_of, program_of
from rdu.configuration import parse, print_program, verify
from rdu.dialects.sam.primitive import element_in
from rdu.frontends.sparse.builder import GraphBuilder, Operand
from rdu.frontends.sparse.kernels import KERNELS
from rdu.interpreter import run
from rdu.mlir_ext.context import make_context
from rdu.mlir_ext.context import parse as parse_module
from rdu.mlir_ext.driver import run_pass
from rdu.semantics.dtypes import NUMPY
from rdu.semantics.sparse import functions
from rdu.sparse import compile_graph
from rdu.targets import load_machine
from rdu.transforms.conversion.sam_to_rdu import SamToRdu

MACHINE = load_machine("sam-ideal")


def lowered(module, **options):
    run_pass(module, SamToRdu, **options)
    return program_of(module, MACHINE.name, MACHINE.hash)


def check(module, operands, **options):
    """Run a graph on the fabric and interpret it: the results are the same to the bit."""
    expected = run(module, operands)["X"]
    tensor, result = compile_graph(module, operands, **options).run("python")
    assert tensor.to_dense().tobytes() == expected.tobytes()
    return result


def matrix(shape, seed=0, density=0.4, dtype=np.float32):
    rng = np.random.default_rng(seed)
    return ((rng.random(shape) < density) * rng.integers(-4, 5, shape)).astype(dtype)


@pytest.mark.parametrize("name", KERNELS)
def test_kernels_are_sound_in_every_form(name):
    kernel = KERNELS[name]
    letters = sorted(set("".join(kernel.operands.values())))
    program = lowered(kernel.build(*range(3, 3 + len(letters))))
    assert verify(program, MACHINE) == []
    context = make_context()
    assert program_of(module_of(program, context), MACHINE.name, MACHINE.hash) == program
    assert parse(print_program(program)) == program


def test_every_primitive_has_a_unit():
    program = lowered(KERNELS["mm_ikj"].build(3, 4, 5))
    (section,) = program.sections
    words = [context.action.primitive for _, context in section.contexts()]
    assert words == [
        *("lookup", "repeat_like", "lookup", "lookup", "intersect", "lookup", "repeat_like"),
        *("array", "array", "apply", "accumulate", "write_fibers", "write_fibers"),
        "write_values",
    ]
    assert len({unit.name for unit in section.units}) == len(words)
    assert {sink.capacity for net in section.nets for sink in net.sinks} == {None}


def test_channels_have_a_depth_where_one_is_wanted():
    program = lowered(KERNELS["spmv"].build(3, 4), fifo_depth=5)
    capacities = {sink.capacity for net in program.sections[0].nets for sink in net.sinks}
    assert capacities == {5}


def test_tensors_are_as_large_as_what_is_stored():
    dense = np.array([[0, 2, 0], [0, 0, 0], [3, 0, 4]], np.float32)
    module = KERNELS["ewmul"].build(3, 3)
    artifact = compile_graph(module, {"B": dense, "C": np.zeros_like(dense)}, capacity=(2, 3, 3))
    shapes = {tensor.name: tensor.shape for tensor in artifact.program.tensors}
    assert [shapes[f"B.{part}"] for part in ("segments0", "coordinates0")] == [(2,), (2,)]
    assert [shapes[f"B.{part}"] for part in ("segments1", "coordinates1")] == [(3,), (3,)]
    assert [shapes[f"C.{part}"] for part in ("segments0", "segments1")] == [(2,), (1,)]
    assert shapes["C.coordinates0"] == shapes["C.values"] == (1,), "a word that is not used"
    assert [shapes[f"X.{part}"] for part in ("coordinates1", "values")] == [(3,), (3,)]
    assert not artifact.run("python").tensor.to_dense().any()


FORMATS = {
    "dense": (["dense", "dense"], [0, 1]),
    "csr": (["dense", "compressed"], [0, 1]),
    "dcsc": (["compressed", "compressed"], [1, 0]),
    "columns": (["compressed", "dense"], [0, 1]),
}


@pytest.mark.parametrize("name", FORMATS)
def test_tensors_are_read_in_every_format(name):
    levels, order = FORMATS[name]
    g = GraphBuilder((4, 5), {"B": Operand((4, 5), levels, order)}, order=order)
    tensor = g.tensor("B")
    outer, refs = g.lookup(tensor, 0, g.root())
    inner, refs = g.lookup(tensor, 1, refs)
    check(g.finish([outer, inner], g.array(tensor, refs)), {"B": matrix((4, 5))})


def test_permutations_and_blocks_are_read():
    levels = ["dense", "singleton", "blocked:3", "blocked:2"]
    g = GraphBuilder((), {"B": Operand((6, 4), levels, [0, 1, 0, 1])})
    tensor, refs, crds = g.tensor("B"), g.root(), []
    for level in range(4):
        crd, refs = g.lookup(tensor, level, refs)
        crds.append(crd)
    values = g.array(tensor, refs)
    for crd in [*crds[2::-1], g.root()]:
        values = g.reduce("add", values, crd)
    blocks = np.kron(np.eye(2)[::-1], np.arange(1, 7).reshape(3, 2)).astype(np.float32)
    check(g.finish([], values), {"B": blocks})


def as_element(g, value, element):
    """Convert a mask, or values of another type; bf16 only comes of f32."""
    if element != "bf16":
        return g.unary(f"to_{element}", value)
    return g.unary("to_bf16", value if element_in(value) == "f32" else g.unary("to_f32", value))


@pytest.mark.parametrize("element", ["bf16", "f32", "i32"])
def test_functions_of_one_value(element):
    names = [name for name in functions.UNARY if functions.takes(name, element)]
    values = np.array([-7, -2, -1, 0, 1, 2, 3, 9], NUMPY[element])
    for name in names:
        g = GraphBuilder((8,), {"B": Operand((8,), ["dense"])}, element=element)
        crd, refs = g.lookup(g.tensor("B"), 0, g.root())
        value = g.unary(name, g.array(g.tensor("B"), refs))
        if functions.result(name, element) != element:
            value = as_element(g, value, element)
        module = g.finish([crd], value)
        operand = np.abs(values) + 1 if name in ("log", "rsqrt", "sqrt") else values
        check(module, {"B": operand})


@pytest.mark.parametrize("element", ["bf16", "f32", "i32"])
@pytest.mark.parametrize("name", functions.BINARY)
def test_functions_of_two_values_and_of_a_constant(name, element):
    if not functions.takes(name, element):
        return
    dtype = NUMPY[element]
    operand = Operand((6,), ["dense"])
    g = GraphBuilder((6,), {"B": operand, "C": operand}, element=element)
    crd, refs = g.lookup(g.tensor("B"), 0, g.root())
    both = g.alu(name, g.array(g.tensor("B"), refs), g.array(g.tensor("C"), refs))
    if name in functions.COMPARISONS:
        both = as_element(g, both, element)
    value = g.unary(name, both, 3.0)
    if name in functions.COMPARISONS:
        value = as_element(g, value, element)
    module = g.finish([crd], value)
    b, c = np.array([-7, -2, 0, 1, 5, 9], dtype), np.array([3, -3, 2, 1, -5, 4], dtype)
    check(module, {"B": b, "C": c})


@pytest.mark.parametrize("name", ["add", "mul", "max", "min"])
def test_reductions_and_accumulations(name):
    g = GraphBuilder((5,), {"B": Operand((4, 5), ["compressed", "compressed"])})
    tensor = g.tensor("B")
    rows, refs = g.lookup(tensor, 0, g.root())
    columns, refs = g.lookup(tensor, 1, refs)
    crd, values = g.accumulate(name, rows, [columns], g.array(tensor, refs))
    check(g.finish([crd], values), {"B": matrix((4, 5), 3)})


def test_three_levels_are_accumulated():
    levels = ["dense", *["compressed"] * 3]
    g = GraphBuilder((3, 4, 2), {"B": Operand((2, 3, 4, 2), levels)})
    tensor, refs, crds = g.tensor("B"), g.root(), []
    for level in range(4):
        crd, refs = g.lookup(tensor, level, refs)
        crds.append(crd)
    *merged, values = g.accumulate("add", crds[0], crds[1:], g.array(tensor, refs))
    check(g.finish(merged, values), {"B": matrix((2, 3, 4, 2), 5)})


def test_values_are_united_and_coordinates_held():
    """X(i,j) = (B(i,j) + C(i,j)) d(i), the union one of values."""
    operand = Operand((4, 5), ["dense", "compressed"])
    operands = {"B": operand, "C": operand, "d": Operand((4,), ["dense"])}
    g = GraphBuilder((4, 5), operands)
    rows, refs = g.lookup(g.tensor("B"), 0, g.root())
    sides = []
    for name in "BC":
        crd, children = g.lookup(g.tensor(name), 1, refs)
        sides.append((crd, g.array(g.tensor(name), children)))
    columns, b, c = g.union(*sides)
    factors = g.array(g.tensor("d"), g.locate(g.tensor("d"), 0, g.hold(rows, columns), g.root()))
    module = g.finish([rows, columns], g.alu("mul", g.alu("add", b, c), factors))
    check(module, {"B": matrix((4, 5), 6), "C": matrix((4, 5), 7), "d": matrix((4,), 8, 1.0)})


def test_what_is_kept_is_stored_by_a_section_before():
    """y = M (M v): the first product is stored, and read by rows that come in another order."""
    g = GraphBuilder((5,), {"M": Operand((5, 5), ["dense", "compressed"])})
    tensor = g.tensor("M")
    rows, refs = g.lookup(tensor, 0, g.root())
    columns, refs = g.lookup(tensor, 1, refs)
    values = g.array(tensor, refs)
    once = g.store(rows, g.reduce("add", values, rows), (5,))
    found = g.array(once, g.locate(once, 0, columns, g.root()))
    twice = g.store(rows, g.reduce("add", g.alu("mul", values, found), rows), (5,))
    again = g.array(twice, g.locate(twice, 0, columns, g.root()))
    module = g.finish([rows], g.reduce("add", g.alu("mul", values, again), rows))
    operand = matrix((5, 5), 2)
    result = check(module, {"M": operand})
    assert len(result.sections) == 3


TWO_GRAPHS = """
func.func @main(%b: tensor<4x4xi32> {rdu.name = "B"}) -> (tensor<4x4xi32> {rdu.name = "X"}) {
  %two = arith.constant dense<2> : tensor<i32>
  %three = arith.constant dense<[3, 4, 5, 6]> : tensor<4xi32>
  %t = "sam.graph"() ({
    %B = "sam.bind"(%b) : (tensor<4x4xi32>) -> !csr
    %c = "sam.bind"(%two) : (tensor<i32>) -> !scalar
    %root = "sam.root"() : () -> !sam.stream<"ref", 0>
    %i, %ri = "sam.fiber_lookup"(%B, %root) {level = 0} : (!csr, !sam.stream<"ref", 0>)
      -> (!sam.stream<"crd", 1>, !sam.stream<"ref", 1>)
    %j, %rj = "sam.fiber_lookup"(%B, %ri) {level = 1} : (!csr, !sam.stream<"ref", 1>)
      -> (!sam.stream<"crd", 2>, !sam.stream<"ref", 2>)
    %v = "sam.array"(%B, %rj) : (!csr, !sam.stream<"ref", 2>) -> !sam.stream<"val", 2>
    %c1 = "sam.repeat"(%root, %i) : (!sam.stream<"ref", 0>, !sam.stream<"crd", 1>)
      -> !sam.stream<"ref", 1>
    %c2 = "sam.repeat"(%c1, %j) : (!sam.stream<"ref", 1>, !sam.stream<"crd", 2>)
      -> !sam.stream<"ref", 2>
    %w = "sam.array"(%c, %c2) : (!scalar, !sam.stream<"ref", 2>) -> !sam.stream<"val", 2>
    %p = "sam.alu"(%v, %w) {function = "mul"} : (!sam.stream<"val", 2>, !sam.stream<"val", 2>)
      -> !sam.stream<"val", 2>
    "sam.fiber_write"(%i) {level = 0} : (!sam.stream<"crd", 1>) -> ()
    "sam.fiber_write"(%j) {level = 1} : (!sam.stream<"crd", 2>) -> ()
    "sam.yield"(%p) : (!sam.stream<"val", 2>) -> ()
  }) : () -> tensor<4x4xi32>
  %x = "sam.graph"() ({
    %T = "sam.bind"(%t) : (tensor<4x4xi32>) -> !dcsr
    %B = "sam.bind"(%b) : (tensor<4x4xi32>) -> !dcsr
    %d = "sam.bind"(%three) : (tensor<4xi32>) -> !vector
    %root = "sam.root"() : () -> !sam.stream<"ref", 0>
    %i, %ri = "sam.fiber_lookup"(%T, %root) {level = 0} : (!dcsr, !sam.stream<"ref", 0>)
      -> (!sam.stream<"crd", 1>, !sam.stream<"ref", 1>)
    %j, %rj = "sam.fiber_lookup"(%T, %ri) {level = 1} : (!dcsr, !sam.stream<"ref", 1>)
      -> (!sam.stream<"crd", 2>, !sam.stream<"ref", 2>)
    %v = "sam.array"(%T, %rj) : (!dcsr, !sam.stream<"ref", 2>) -> !sam.stream<"val", 2>
    %bi = "sam.locate"(%B, %i, %root) {level = 0}
      : (!dcsr, !sam.stream<"crd", 1>, !sam.stream<"ref", 0>) -> !sam.stream<"ref", 1>
    %bj = "sam.locate"(%B, %j, %bi) {level = 1}
      : (!dcsr, !sam.stream<"crd", 2>, !sam.stream<"ref", 1>) -> !sam.stream<"ref", 2>
    %w = "sam.array"(%B, %bj) : (!dcsr, !sam.stream<"ref", 2>) -> !sam.stream<"val", 2>
    %dj = "sam.locate"(%d, %j, %root) {level = 0}
      : (!vector, !sam.stream<"crd", 2>, !sam.stream<"ref", 0>) -> !sam.stream<"ref", 2>
    %u = "sam.array"(%d, %dj) : (!vector, !sam.stream<"ref", 2>) -> !sam.stream<"val", 2>
    %p = "sam.alu"(%v, %w) {function = "mul"} : (!sam.stream<"val", 2>, !sam.stream<"val", 2>)
      -> !sam.stream<"val", 2>
    %q = "sam.alu"(%p, %u) {function = "add"} : (!sam.stream<"val", 2>, !sam.stream<"val", 2>)
      -> !sam.stream<"val", 2>
    "sam.fiber_write"(%i) {level = 0} : (!sam.stream<"crd", 1>) -> ()
    "sam.fiber_write"(%j) {level = 1} : (!sam.stream<"crd", 2>) -> ()
    "sam.yield"(%q) : (!sam.stream<"val", 2>) -> ()
  }) : () -> tensor<4x4xi32>
  return %x : tensor<4x4xi32>
}
"""

TYPES = {
    "!csr": '!sam.tensor<tensor<4x4xi32>, ["dense", "compressed"], array<i64: 0, 1>>',
    "!dcsr": '!sam.tensor<tensor<4x4xi32>, ["compressed", "compressed"], array<i64: 0, 1>>',
    "!scalar": "!sam.tensor<tensor<i32>, [], array<i64>>",
    "!vector": '!sam.tensor<tensor<4xi32>, ["dense"], array<i64: 0>>',
}


def test_graphs_that_follow_each_other_with_constants_and_a_tensor_in_two_formats():
    aliases = "".join(f"{name} = {kind}\n" for name, kind in TYPES.items())
    module = parse_module(aliases + TWO_GRAPHS, make_context())
    operand = matrix((4, 4), 1, 0.6, np.int32)
    result = check(module, {"B": operand})
    assert len(result.sections) == 2
    roles = {t.name: t.role for t in compile_graph(module, {"B": operand}).program.tensors}
    assert roles["B.segments1"] == roles["B_2.segments0"] == "input"
    assert roles["constant.values"] == roles["constant_2.values"] == "weight"
    assert roles["kept.values"] == "temporary"
