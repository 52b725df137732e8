"""Graphs whose intersections skip: the same results in both engines, on fewer cycles."""

import numpy as np

from rdu.frontends.sparse.kernels import KERNELS
from rdu.mlir_ext.driver import run_pipeline
from rdu.mlir_ext.pipeline import parse_pipeline
from rdu.sparse import compile_graph


def test_one_value_against_a_full_row():
    full = np.arange(1, 1001, dtype=np.float32)[None]
    one = np.zeros_like(full)
    one[0, 500] = 2
    cycles = []
    for skips in (False, True):
        module = KERNELS["ewmul"].build(1, 1000)
        if skips:
            run_pipeline(module, parse_pipeline("sam-skip", module.context))
        artifact = compile_graph(module, {"B": one, "C": full})
        native, python = artifact.run("native"), artifact.run("python")
        assert native.result.sections == python.result.sections
        assert native.tensor.values.tolist() == [2 * 501]
        cycles.append(native.result.cycles)
    assert cycles[0] > 1000
    assert cycles[1] < 30
