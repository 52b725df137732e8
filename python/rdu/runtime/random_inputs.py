"""Made-up data for a program, to run it without any."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rdu.configuration.model import Program, Tensor
from rdu.semantics.dtypes import NUMPY


def random_inputs(program: Program, seed: int) -> dict[str, NDArray[Any]]:
    """Return an array for every input and weight of a program.

    f32 values are standard normal, i32 values lie in -8..7. Each tensor has a generator of its own
    from the seed and its name, so the order of tensors makes no difference.
    """
    return {
        tensor.name: _random(tensor, seed)
        for tensor in program.tensors
        if tensor.role in ("input", "weight")
    }


def _random(tensor: Tensor, seed: int) -> NDArray[Any]:
    generator = np.random.default_rng([seed, zlib.crc32(tensor.name.encode())])
    if tensor.dtype == "f32":
        return generator.standard_normal(tensor.shape, dtype=np.float32)
    low, high = (0, 2) if tensor.dtype == "i1" else (-8, 8)
    return generator.integers(low, high, tensor.shape).astype(NUMPY[tensor.dtype])
