"""Modules as MLIR's sparse compiler and torch-mlir write them, through `rdu-sparse`, against NumPy.

Other element types, room that is allocated, conversions, functions that call, positions and
elements at values in bodies, numbers that are passed in.
"""

import ml_dtypes
import numpy as np
import pytest

from rdu.tools.rdu_sparse import main

HEAD = """
#CSR = #sparse_tensor.encoding<{ map = (i, j) -> (i : dense, j : compressed) }>
#CSC = #sparse_tensor.encoding<{ map = (i, j) -> (j : dense, i : compressed) }>
#DCSR = #sparse_tensor.encoding<{ map = (i, j) -> (i : compressed, j : compressed) }>
#OLD = #sparse_tensor.encoding<{
  lvlTypes = [ "dense", "compressed" ], dimToLvl = affine_map<(i, j) -> (i, j)>
}>
#all = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
"""
BF16 = ml_dtypes.bfloat16


def product(element, zero="0.0"):
    return f"""
func.func @f(%a: tensor<5x4x{element}, #CSR>, %b: tensor<4x3x{element}>) -> tensor<5x3x{element}> {{
  %z = arith.constant {zero} : {element}
  %e = tensor.empty() : tensor<5x3x{element}>
  %i = linalg.fill ins(%z : {element}) outs(%e : tensor<5x3x{element}>) -> tensor<5x3x{element}>
  %0 = linalg.matmul ins(%a, %b : tensor<5x4x{element}, #CSR>, tensor<4x3x{element}>)
    outs(%i : tensor<5x3x{element}>) -> tensor<5x3x{element}>
  return %0 : tensor<5x3x{element}>
}}
"""


def each(body, element="f32", arguments=""):
    kind = f"tensor<5x4x{element}, #DCSR>"
    return f"""
func.func @f(%a: {kind}{arguments}) -> {kind} {{
  %e = tensor.empty() : {kind}
  %0 = linalg.generic {{indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel"]}}
    ins(%a : {kind}) outs(%e : {kind}) {{
  ^bb0(%x: {element}, %out: {element}):
    {body}
    linalg.yield %y : {element}
  }} -> {kind}
  return %0 : {kind}
}}
"""


ALLOCATED = """
func.func @f(%a: tensor<?x?xf64, #CSR>, %b: tensor<?x?xf64, #CSC>) -> tensor<?x?xf64, #CSR> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %m = tensor.dim %a, %c0 : tensor<?x?xf64, #CSR>
  %n = tensor.dim %b, %c1 : tensor<?x?xf64, #CSC>
  %e = bufferization.alloc_tensor(%m, %n) : tensor<?x?xf64, #CSR>
  %0 = linalg.matmul ins(%a, %b : tensor<?x?xf64, #CSR>, tensor<?x?xf64, #CSC>)
    outs(%e : tensor<?x?xf64, #CSR>) -> tensor<?x?xf64, #CSR>
  %1 = sparse_tensor.load %0 : tensor<?x?xf64, #CSR>
  return %1 : tensor<?x?xf64, #CSR>
}
"""
CONVERTED = """
func.func @f(%a: tensor<5x4xf32>) -> tensor<5x4xf32, #CSC> {
  %0 = sparse_tensor.convert %a : tensor<5x4xf32> to tensor<5x4xf32, #CSR>
  %1 = sparse_tensor.convert %0 : tensor<5x4xf32, #CSR> to tensor<5x4xf32, #CSC>
  return %1 : tensor<5x4xf32, #CSC>
}
"""
CALLS = """
func.func private @layer(%a: tensor<4x4xf32, #CSR>, %x: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %w = arith.constant dense_resource<weight> : tensor<4xf32>
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<4x4xf32>
  %i = linalg.fill ins(%z : f32) outs(%e : tensor<4x4xf32>) -> tensor<4x4xf32>
  %0 = linalg.matmul ins(%a, %x : tensor<4x4xf32, #CSR>, tensor<4x4xf32>)
    outs(%i : tensor<4x4xf32>) -> tensor<4x4xf32>
  %1 = linalg.generic
    {indexing_maps = [#all, #row, #all], iterator_types = ["parallel", "parallel"]}
    ins(%0, %w : tensor<4x4xf32>, tensor<4xf32>) outs(%e : tensor<4x4xf32>) {
  ^bb0(%p: f32, %q: f32, %out: f32):
    %s = arith.addf %p, %q : f32
    linalg.yield %s : f32
  } -> tensor<4x4xf32>
  return %1 : tensor<4x4xf32>
}
func.func @f(%a: tensor<4x4xf32, #CSR>, %x: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %0 = call @layer(%a, %x) : (tensor<4x4xf32, #CSR>, tensor<4x4xf32>) -> tensor<4x4xf32>
  %1 = call @layer(%a, %0) : (tensor<4x4xf32, #CSR>, tensor<4x4xf32>) -> tensor<4x4xf32>
  return %1 : tensor<4x4xf32>
}
{-#
  dialect_resources: { builtin: { weight: "0x040000000000803F000000400000404000008040" } }
#-}
"""
BAG = """
func.func @f(%table: tensor<6x3xf32>, %i: tensor<4xi64>, %start: tensor<1xi64>) -> tensor<1x3xf32> {
  %c4 = arith.constant 4 : i64
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x3xf32>
  %0 = linalg.fill ins(%z : f32) outs(%e : tensor<1x3xf32>) -> tensor<1x3xf32>
  %1 = linalg.generic {
    indexing_maps = [affine_map<(b, n, j) -> (n)>, affine_map<(b, n, j) -> (b)>,
      affine_map<(b, n, j) -> (b, j)>],
    iterator_types = ["parallel", "reduction", "parallel"]
  } ins(%i, %start : tensor<4xi64>, tensor<1xi64>) outs(%0 : tensor<1x3xf32>) {
  ^bb0(%at: i64, %from: i64, %out: f32):
    %n = linalg.index 1 : index
    %here = arith.index_cast %n : index to i64
    %after = arith.cmpi sle, %from, %here : i64
    %before = arith.cmpi slt, %here, %c4 : i64
    %taken = arith.andi %after, %before : i1
    %row = arith.index_cast %at : i64 to index
    %j = linalg.index 2 : index
    %x = tensor.extract %table[%row, %j] : tensor<6x3xf32>
    %s = arith.addf %x, %out : f32
    %y = arith.select %taken, %s, %out : f32
    linalg.yield %y : f32
  } -> tensor<1x3xf32>
  return %1 : tensor<1x3xf32>
}
"""
NUMBERED = """
func.func @f(%0: tensor<5x4xf32, #CSR>, %1: tensor<5x4xf32, #CSR>) -> tensor<5x4xf32, #CSR> {
  %2 = tensor.empty() : tensor<5x4xf32, #CSR>
  %3 = linalg.add ins(%0, %1 : tensor<5x4xf32, #CSR>, tensor<5x4xf32, #CSR>)
    outs(%2 : tensor<5x4xf32, #CSR>) -> tensor<5x4xf32, #CSR>
  %4 = linalg.mul ins(%3, %1 : tensor<5x4xf32, #CSR>, tensor<5x4xf32, #CSR>)
    outs(%2 : tensor<5x4xf32, #CSR>) -> tensor<5x4xf32, #CSR>
  return %4 : tensor<5x4xf32, #CSR>
}
"""


CONSTANT = """
func.func @f(%b: tensor<4x3xf32>) -> tensor<5x3xf32> {
  %d = arith.constant sparse<[[0, 1], [4, 3]], [2.0, -3.5]> : tensor<5x4xf32>
  %a = sparse_tensor.convert %d : tensor<5x4xf32> to tensor<5x4xf32, #DCSR>
  %e = tensor.empty() : tensor<5x3xf32>
  %0 = linalg.matmul ins(%a, %b : tensor<5x4xf32, #DCSR>, tensor<4x3xf32>)
    outs(%e : tensor<5x3xf32>) -> tensor<5x3xf32>
  return %0 : tensor<5x3xf32>
}
"""
JOINED = """
func.func @f(%a: tensor<5x4xf32, #CSR>, %b: tensor<4x4xf32, #CSR>) -> tensor<9x4xf32, #CSR> {
  %0 = sparse_tensor.concatenate %a, %b {dimension = 0 : index}
    : tensor<5x4xf32, #CSR>, tensor<4x4xf32, #CSR> to tensor<9x4xf32, #CSR>
  return %0 : tensor<9x4xf32, #CSR>
}
"""
READ = """
func.func @f(%file: !llvm.ptr<i8>, %b: tensor<?x3xf32>) -> tensor<?x3xf32> {
  %c0 = arith.constant 0 : index
  %a = sparse_tensor.new %file : !llvm.ptr<i8> to tensor<?x?xf32, #OLD>
  %m = tensor.dim %a, %c0 : tensor<?x?xf32, #OLD>
  %e = tensor.empty(%m) : tensor<?x3xf32>
  %0 = linalg.matmul ins(%a, %b : tensor<?x?xf32, #OLD>, tensor<?x3xf32>)
    outs(%e : tensor<?x3xf32>) -> tensor<?x3xf32>
  return %0 : tensor<?x3xf32>
}
"""


def constant(b):
    return np.array([[0, 2, 0, 0], *[[0] * 4] * 3, [0, 0, 0, -3.5]]) @ b


def bag(table, i, start):
    return table[i[max(start[0], 0) :]].sum(0)[None]


def layers(a, x):
    weight = np.arange(1, 5)[:, None]
    return a @ (a @ x + weight) + weight


PAIR, ONE = {"a": (5, 4), "b": (4, 3)}, {"a": (5, 4)}
POSITIONS = """
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %c = arith.cmpi uge, %i, %j : index
    %z = arith.constant 0.0 : f32
    %y = arith.select %c, %x, %z : f32"""
WEIGHED = """
    %i = linalg.index 0 : index
    %p = arith.index_cast %i : index to i64
    %q = arith.sitofp %p : i64 to f64
    %y = arith.mulf %q, %x : f64"""
CASES = {
    "i64": (product("i64", "0"), PAIR, np.matmul),
    "i32": (product("i32", "0"), PAIR, np.matmul),
    "f64": (product("f64"), PAIR, np.matmul),
    "bf16": (product("bf16"), PAIR, np.matmul),
    "allocated": (ALLOCATED, PAIR, np.matmul),
    "converted": (CONVERTED, ONE, lambda a: a),
    "calls": (CALLS, {"a": (4, 4), "x": (4, 4)}, layers),
    "bag": (BAG, {"table": (6, 3), "i": 4, "start": 1}, bag),
    "positions": (each(POSITIONS), ONE, np.tril),
    "weighed": (each(WEIGHED, "f64"), ONE, lambda a: a * np.arange(5)[:, None]),
    "a number": (
        each("%y = arith.mulf %x, %s : f32", arguments=", %s: f32"),
        {"a": (5, 4), "s": ()},
        np.multiply,
    ),
    "constant": (CONSTANT, {"b": (4, 3)}, constant),
    "joined": (JOINED, {"a": (5, 4), "b": (4, 4)}, lambda a, b: np.concatenate([a, b])),
    "read": (READ, {"file": (5, 4), "b": (4, 3)}, np.matmul),
    "numbered": (NUMBERED, {"0": (5, 4), "1": (5, 4)}, lambda a, b: (a + b) * b),
}
"""Text, shapes of operands, a number of positions for index tensors, and what it computes."""


def operand(random, shape):
    if isinstance(shape, int):
        return random.integers(0, 4, shape)
    return (random.integers(-4, 5, shape) * (random.random(shape) < 0.5)).astype(np.float32)


def run(folder, text, operands, *options):
    """Run a module on arrays; returns the result, as its file says."""
    program, result = folder / "module.mlir", folder / "result.tns"
    program.write_text(HEAD + text)
    given = list(options)
    for name, array in operands.items():
        np.save(folder / f"{name}.npy", array)
        given += ["--tensor", f"{name}={folder / name}.npy"]
    assert main([str(program), *given, "--run", "--result", str(result)]) == 0
    return [line.split() for line in result.read_text().splitlines() if line[0] != "#"]


@pytest.mark.parametrize(
    "options", [(), ("--machine", "capstan"), ("--lanes", "auto"), ("--fusion", "none")], ids=str
)
@pytest.mark.parametrize("name", CASES)
def test_as_numpy_has_it(tmp_path, capsys, name, options):
    text, shapes, function = CASES[name]
    for seed in range(2):
        random = np.random.default_rng(seed)
        operands = {key: operand(random, shape) for key, shape in shapes.items()}
        expected = function(*operands.values())
        actual = np.zeros(expected.shape)
        for *place, value in run(tmp_path, text, operands, *options):
            actual[tuple(int(each) - 1 for each in place)] = float(value)
        np.testing.assert_allclose(actual, expected, rtol=1e-6)
    capsys.readouterr()


def test_bf16_is_rounded_after_each_operation(tmp_path, capsys):
    random = np.random.default_rng(0)
    a, b = (random.standard_normal(shape).astype(np.float32) for shape in ((5, 4), (4, 3)))
    rounded = a.astype(BF16), b.astype(BF16)
    expected = np.zeros((5, 3), BF16)
    for k in range(4):
        expected += rounded[0][:, k, None] * rounded[1][None, k]
    actual = np.zeros((5, 3))
    for row, column, value in run(tmp_path, product("bf16"), {"a": a, "b": b}):
        actual[int(row) - 1, int(column) - 1] = np.float32(value)
    np.testing.assert_array_equal(actual, expected.astype(np.float64))
    capsys.readouterr()


def test_sums_that_do_not_fit_are_told(tmp_path, capsys):
    program = tmp_path / "module.mlir"
    program.write_text(HEAD + product("i64", "0"))
    given = []
    for name, shape in PAIR.items():
        np.save(tmp_path / f"{name}.npy", np.full(shape, 2**20))
        given += ["--tensor", f"{name}={tmp_path / name}.npy"]
    assert main([str(program), *given, "--run"]) == 5
    capsys.readouterr()


SEVERAL = """
func.func @f(%a: tensor<5x4xf32, #CSR>, %b: tensor<5x4xf32, #CSR>)
    -> (tensor<5x4xf32, #CSR>, tensor<5x4xf32, #CSR>) {
  %e = tensor.empty() : tensor<5x4xf32, #CSR>
  %0 = linalg.add ins(%a, %b : tensor<5x4xf32, #CSR>, tensor<5x4xf32, #CSR>)
    outs(%e : tensor<5x4xf32, #CSR>) -> tensor<5x4xf32, #CSR>
  %1 = linalg.mul ins(%0, %b : tensor<5x4xf32, #CSR>, tensor<5x4xf32, #CSR>)
    outs(%e : tensor<5x4xf32, #CSR>) -> tensor<5x4xf32, #CSR>
  return %1, %0 : tensor<5x4xf32, #CSR>, tensor<5x4xf32, #CSR>
}
"""
SUM = """
func.func @f(%a: tensor<5x4xf32, #CSR>) -> f32 {
  %e = tensor.empty() : tensor<f32>
  %0 = linalg.generic
    {indexing_maps = [#all, affine_map<(i, j) -> ()>], iterator_types = ["reduction", "reduction"]}
    ins(%a : tensor<5x4xf32, #CSR>) outs(%e : tensor<f32>) {
  ^bb0(%x: f32, %out: f32):
    %s = arith.addf %x, %out : f32
    linalg.yield %s : f32
  } -> tensor<f32>
  %r = tensor.extract %0[] : tensor<f32>
  return %r : f32
}
"""
BLOCKS = """
func.func @f(%a: tensor<5x4xf32, #CSR>, %c: i1) -> tensor<5x4xf32, #CSR> {
  cf.cond_br %c, ^one, ^other
^one:
  return %a : tensor<5x4xf32, #CSR>
^other:
  return %a : tensor<5x4xf32, #CSR>
}
"""
STREAMS = """
func.func @f() -> tensor<index, #sam.encoding< Ref, "d0", "t0", "", 0 : i64>> {
  %0 = "sam.generator"() : () -> tensor<index, #sam.encoding< Ref, "d0", "t0", "", 0 : i64>>
  return %0 : tensor<index, #sam.encoding< Ref, "d0", "t0", "", 0 : i64>>
}
"""
UNTYPED = "func.func @f(%a: memref<4xf32>) { return }"
BINARY = """
    %y = sparse_tensor.unary %x : f32 to f32 present={
      ^bb0(%p: f32):
        sparse_tensor.yield %p : f32
    } absent={}"""


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        (SEVERAL, 0, ""),
        (SUM, 0, ""),
        (BLOCKS, 1, "'func.func' has 3 blocks: expected one"),
        (STREAMS, 1, "is of FuseFlow's dialect 'sam', whose streams do not say of which tensors"),
        (product("f16"), 1, "operand 1 is tensor<4x3xf16>: expected elements of bf16, f32, i1"),
        (UNTYPED, 1, "returns nothing, and so computes nothing"),
        (each(BINARY), 1, "'sparse_tensor.unary' (f32) -> f32 is not supported in the body"),
        ("", 2, "has no function: expected one that returns tensors"),
    ],
)
def test_what_is_said(tmp_path, capsys, text, code, says):
    program = tmp_path / "module.mlir"
    program.write_text(HEAD + text)
    given = ["--random", "a=5x4:0.5"] if "%a: tensor" in text else []
    given += ["--random", f"b={'4x3' if 'matmul' in text else '5x4:0.5'}"] if "%b" in text else []
    assert main([str(program), *given, "--run"]) == code
    assert says in capsys.readouterr().err
