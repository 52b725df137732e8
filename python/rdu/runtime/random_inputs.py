"""Made-up data for a program, to run it without any."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rdu.configuration.model import Program, Tensor
from rdu.runtime.random_levels import random_levels
from rdu.semantics.dtypes import NUMPY


def random_inputs(program: Program, seed: int) -> dict[str, NDArray[Any]]:
    """Return an array for every input and weight of a program.

    f32 and bf16 values are standard normal, i32 values lie in 0..7, so that most can be indices;
    levels of sparse tensors can be walked by primitives (`rdu.runtime.random_levels`).
    Each tensor has a generator of its own from the seed and its name, so the order of tensors makes
    no difference.
    """
    made = {
        tensor.name: _random(tensor, seed)
        for tensor in program.tensors
        if tensor.role in ("input", "weight")
    }
    return made | random_levels(program, seed)


def _random(tensor: Tensor, seed: int) -> NDArray[Any]:
    generator = np.random.default_rng([seed, zlib.crc32(tensor.name.encode())])
    dtype = NUMPY[tensor.dtype]
    if tensor.dtype in ("f32", "bf16"):
        return generator.standard_normal(tensor.shape, dtype=np.float32).astype(dtype)
    return generator.integers(0, 2 if tensor.dtype == "i1" else 8, tensor.shape).astype(dtype)
