"""Texts in the style of other compilers, through `rdu-sparse`, against NumPy's formulas.

Operands have no values, one, a row, a column, half of them, all; results are what the file of
`--result` says, dense or sparse.
"""

from pathlib import Path

import numpy as np
import pytest

from rdu.tools.rdu_sparse import main

ROOT = Path(__file__).resolve().parents[1] / "lit" / "tools" / "rdu-sparse" / "Inputs"
KINDS = ("none", "one", "row", "column", "half", "all")

ATTENTION = """
// One head of a kind of attention: a mask, a scale, and a softmax by rows.
#map = affine_map<(d0, d1) -> (d0, d1)>
#map1 = affine_map<(d0, d1) -> (d1, d0)>
#map2 = affine_map<(d0, d1) -> (d0, 0)>
#MASK = #sparse_tensor.encoding<{
  map = (i,j) -> (i : compressed, j : compressed)
}>
module attributes {torch.debug_module_name = "Head"} {
  func.func @forward(%q: tensor<5x3xf32>, %k: tensor<5x3xf32>, %v: tensor<5x3xf32>) -> tensor<?x3xf32> {
    %mask = arith.constant dense_resource<torch_tensor_5_5_torch.float32> : tensor<5x5xf32, #MASK>
    %cst = arith.constant 0.000000e+00 : f32
    %cst_0 = arith.constant 0xFF800000 : f32
    %cst_1 = arith.constant 2.000000e+00 : f32
    %c0_i64 = arith.constant 0 : i64
    %0 = tensor.empty() : tensor<3x5xf32>
    %1 = linalg.generic {indexing_maps = [#map, #map1], iterator_types = ["parallel", "parallel"]} ins(%k : tensor<5x3xf32>) outs(%0 : tensor<3x5xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<3x5xf32>
    %2 = tensor.empty() : tensor<5x5xf32>
    %3 = linalg.fill ins(%cst : f32) outs(%2 : tensor<5x5xf32>) -> tensor<5x5xf32>
    %4 = linalg.matmul ins(%q, %1 : tensor<5x3xf32>, tensor<3x5xf32>) outs(%3 : tensor<5x5xf32>) -> tensor<5x5xf32>
    %5 = linalg.generic {indexing_maps = [#map, #map, #map], iterator_types = ["parallel", "parallel"]} ins(%4, %mask : tensor<5x5xf32>, tensor<5x5xf32, #MASK>) outs(%2 : tensor<5x5xf32>) {
    ^bb0(%in: f32, %in_2: f32, %out: f32):
      %20 = arith.mulf %in, %in_2 : f32
      %21 = arith.divf %20, %cst_1 : f32
      linalg.yield %21 : f32
    } -> tensor<5x5xf32>
    %6 = tensor.empty() : tensor<5x1xi64>
    %7 = linalg.fill ins(%c0_i64 : i64) outs(%6 : tensor<5x1xi64>) -> tensor<5x1xi64>
    %8 = tensor.empty() : tensor<5x1xf32>
    %9 = linalg.fill ins(%cst_0 : f32) outs(%8 : tensor<5x1xf32>) -> tensor<5x1xf32>
    %10:2 = linalg.generic {indexing_maps = [#map, #map2, #map2], iterator_types = ["parallel", "reduction"]} ins(%5 : tensor<5x5xf32>) outs(%9, %7 : tensor<5x1xf32>, tensor<5x1xi64>) {
    ^bb0(%in: f32, %out: f32, %out_2: i64):
      %20 = linalg.index 1 : index
      %21 = arith.index_cast %20 : index to i64
      %22 = arith.maximumf %in, %out : f32
      %23 = arith.cmpf ogt, %in, %out : f32
      %24 = arith.select %23, %21, %out_2 : i64
      linalg.yield %22, %24 : f32, i64
    } -> (tensor<5x1xf32>, tensor<5x1xi64>)
    %11 = linalg.generic {indexing_maps = [#map, #map2, #map], iterator_types = ["parallel", "parallel"]} ins(%5, %10#0 : tensor<5x5xf32>, tensor<5x1xf32>) outs(%2 : tensor<5x5xf32>) {
    ^bb0(%in: f32, %in_2: f32, %out: f32):
      %20 = arith.subf %in, %in_2 : f32
      %21 = math.exp %20 : f32
      linalg.yield %21 : f32
    } -> tensor<5x5xf32>
    %12 = linalg.fill ins(%cst : f32) outs(%8 : tensor<5x1xf32>) -> tensor<5x1xf32>
    %13 = linalg.generic {indexing_maps = [#map, #map2], iterator_types = ["parallel", "reduction"]} ins(%11 : tensor<5x5xf32>) outs(%12 : tensor<5x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %20 = arith.addf %in, %out : f32
      linalg.yield %20 : f32
    } -> tensor<5x1xf32>
    %14 = linalg.generic {indexing_maps = [#map, #map2, #map], iterator_types = ["parallel", "parallel"]} ins(%11, %13 : tensor<5x5xf32>, tensor<5x1xf32>) outs(%2 : tensor<5x5xf32>) {
    ^bb0(%in: f32, %in_2: f32, %out: f32):
      %20 = arith.divf %in, %in_2 : f32
      linalg.yield %20 : f32
    } -> tensor<5x5xf32>
    %15 = tensor.empty() : tensor<5x3xf32>
    %16 = linalg.matmul ins(%14, %v : tensor<5x5xf32>, tensor<5x3xf32>) outs(%15 : tensor<5x3xf32>) -> tensor<5x3xf32>
    %cast = tensor.cast %16 : tensor<5x3xf32> to tensor<?x3xf32>
    return %cast : tensor<?x3xf32>
  }
}
"""  # noqa: E501

SPMV = """
#spmv = {
  indexing_maps = [
    affine_map<(i,j) -> (i,j)>, // A
    affine_map<(i,j) -> (j)>, // B
    affine_map<(i,j) -> (i)>  // X (out)
  ],
  iterator_types = ["parallel", "reduction"],
  doc = "X(i) += A(i,j) * B(j)"
}
#CSR = #sparse_tensor.encoding<{
  map = (i,j) -> (i : dense, j : compressed)
}>
func.func @kernel(%arga: tensor<?x?xf64, #CSR>,
                  %argb: tensor<?xf64>,
                  %argx: tensor<?xf64>) -> tensor<?xf64> {
                  // %argx: tensor<64xf64>) {
    %0 = linalg.generic #spmv
      ins(%arga, %argb: tensor<?x?xf64, #CSR>, tensor<?xf64>)
      outs(%argx: tensor<?xf64>) {
      ^bb(%a: f64, %b: f64, %x: f64):
        %0 = arith.mulf %a, %b : f64
        %1 = arith.addf %x, %0 : f64
        linalg.yield %1 : f64
    } -> tensor<?xf64>
    return %0 : tensor<?xf64>
}
"""


def sampled(rng, shape, kind):
    """Return an array of quarters at the places of a kind."""
    values = rng.choice([-1, 1], shape) * rng.integers(1, 9, shape) / 4
    kept = np.zeros(shape, bool)
    if kind == "one":
        kept.flat[rng.integers(kept.size)] = True
    elif kind == "row":
        kept[rng.integers(shape[0])] = True
    elif kind == "column":
        kept[..., rng.integers(shape[-1])] = True
    else:
        kept = rng.random(shape) < {"none": 0.0, "half": 0.5, "all": 1.0}[kind]
    return np.where(kept, values, 0).astype(np.float32)


def dense(rng, shape):
    return sampled(rng, shape, "all")


def layer(rng, kind):
    x, w, b = dense(rng, (7, 5)), sampled(rng, (4, 5), kind), dense(rng, (4,))
    a = sampled(rng, (7, 7), kind)
    operands = {"features": x, "adjacency": a, "cst": w, "cst_2": b}
    return operands, np.maximum(a @ x @ w.T + b, 0)


def attention(rng, kind):
    q, k, v = (dense(rng, (5, 3)) for _ in range(3))
    mask = sampled(rng, (5, 5), kind)
    scores = (q @ k.T) * mask / 2
    weights = np.exp(scores - scores.max(1, keepdims=True))
    return {"q": q, "k": k, "v": v, "mask": mask}, weights / weights.sum(1, keepdims=True) @ v


def spmv(rng, kind):
    a, b, x = sampled(rng, (6, 5), kind), dense(rng, (5,)), sampled(rng, (6,), kind)
    return {"arga": a, "argb": b, "argx": x}, x + a @ b


def reshape(rng, kind):
    a, b = sampled(rng, (4, 6), kind), dense(rng, (4, 2, 3))
    return {"a": a, "b": b}, a.reshape(4, 2, 3) * b


CASES = {
    "layer": (ROOT / "layer.mlir", layer, ()),
    "attention": (ATTENTION, attention, ()),
    "spmv": (SPMV, spmv, ()),
    "reshape": (ROOT / "several.mlir", reshape, ("--function", "reshape")),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", CASES)
def test_a_text_runs_to_what_it_means(name, kind, tmp_path):
    text, formula, options = CASES[name]
    path = text if isinstance(text, Path) else tmp_path / "text.mlir"
    if isinstance(text, str):
        path.write_text(text)
    operands, expected = formula(np.random.default_rng(KINDS.index(kind)), kind)
    arguments = [str(path), *options]
    for operand, array in operands.items():
        np.save(tmp_path / f"{operand}.npy", array)
        arguments += ["--tensor", f"{operand}={tmp_path / operand}.npy"]
    assert main([*arguments, "--run", "--result", str(tmp_path / "x.tns")]) == 0
    assert np.allclose(read(tmp_path / "x.tns", expected.shape), expected, rtol=1e-4, atol=1e-6)


def read(path, shape):
    """Return the array of a file of one point a line, from 1 on."""
    array = np.zeros(shape, np.float32)
    points = [line.split() for line in path.read_text().splitlines() if line[:1].isdigit()]
    for *place, value in points:
        array[tuple(int(number) - 1 for number in place)] = float(value)
    return array
