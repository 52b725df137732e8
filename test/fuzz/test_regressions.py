"""What random programs found before: files in test/regression mean the same at every level."""

from pathlib import Path

import numpy as np
import pytest
from levels import CONTEXT, check_levels, check_schedule

from rdu.interpreter.signature import signature_of
from rdu.mlir_ext.context import parse
from rdu.semantics.dtypes import NUMPY

FOLDER = Path(__file__).resolve().parents[1] / "regression"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.mlir")), ids=lambda path: path.stem)
def test_program(path: Path):
    text = path.read_text(encoding="utf-8")
    (function,) = parse(text, CONTEXT).body.operations
    random = np.random.default_rng(0)
    inputs = {
        tensor.name: random.integers(-9, 10, tensor.shape).astype(NUMPY[tensor.element])
        for tensor in signature_of(function).inputs
    }
    if "pattern.unroll" in text:
        check_schedule(text, inputs)
    else:
        check_levels(text, inputs, routed=True)
