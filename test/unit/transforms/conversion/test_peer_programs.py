"""Programs as other compilers of sparse models take them: encodings typed into torch-mlir's text.

Transposed weights with encodings, results that start from an argument, heads and batches of one,
64-bit floats in between, dynamic extents, the seed that nobody uses. Each is run as linalg, as
graphs, and on the fabric.
"""

from pathlib import Path

import numpy as np
import pytest
from sparse_programs import arrays, context

from rdu.interpreter import run
from rdu.mlir_ext.context import parse
from rdu.mlir_ext.opt import Settings, optimize
from rdu.pipelines import plain_to_sam
from rdu.sparse import compile_graph


def layers(x, a, w, b, v):
    return np.maximum(a @ x @ w.T + b, 0) @ v.T


def attention(a, b, m):
    return a @ b * m / 8


def norm(x):
    return x - x.mean(-1, keepdims=True)


def dynamic(a, b, x):
    return a @ b + x + x


PROGRAMS = {
    "layers": (layers, ""),
    "attention": (attention, ""),
    "norm": (norm, "narrow"),
    "dynamic": (dynamic, "narrow shapes=4x5,5x6,4x6"),
}
"""The result by NumPy, and options of `linalg-specialize`, by the file's name."""


def text_of(name):
    text = (Path(__file__).parent / "peers" / f"{name}.mlir").read_text()
    options = PROGRAMS[name][1]
    pipeline = f"func.func(linalg-specialize{{{options}}})" if options else ""
    return optimize(text, Settings(pipeline=pipeline)) if options else text


@pytest.mark.parametrize("fusion", ["none", "auto", "full"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_programs(name, fusion):
    before = text_of(name)
    after = optimize(before, Settings(pipeline=f"linalg-to-sam{{dense=true fusion={fusion}}}"))
    assert "linalg." not in after
    assert "ml_program" not in after
    module, original = parse(after, context()), parse(before, context())
    for seed, sparsity in enumerate([None, "scattered", "empty rows"]):
        inputs = arrays(original, seed, sparsity)
        want = PROGRAMS[name][0](*(np.asarray(each, np.float64) for each in inputs))
        for run_of in (original, module):
            (got,) = run(run_of, inputs).values()
            np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-5)


def test_transposed_weights_are_read_in_place():
    after = optimize(text_of("layers"), Settings(pipeline="linalg-to-sam{fusion=none}"))
    assert after.count("sam.graph") == 4  # A x, that times w, bias and ReLU, times v


@pytest.mark.parametrize("name", ["layers", "attention", "dynamic"])
def test_on_the_fabric(name):
    module = parse(optimize(text_of(name), Settings(pipeline=plain_to_sam("auto"))), context())
    inputs = arrays(module, 1, "scattered")
    operands = {f"arg{number}": each for number, each in enumerate(inputs)}
    tensor, result = compile_graph(module, operands).run()
    expected = PROGRAMS[name][0](*inputs)
    np.testing.assert_allclose(tensor.to_dense(), expected, rtol=1e-5, atol=1e-5)
    assert result.cycles > 0
