"""Made-up data depends on the seed and the tensor's name, and on nothing else."""

import numpy as np

from rdu.configuration.model import Program, Tensor
from rdu.runtime.random_inputs import random_inputs

TENSORS = (
    Tensor("x", "f32", (2, 3), "input"),
    Tensor("w", "i32", (4,), "weight"),
    Tensor("m", "i1", (5,), "input"),
    Tensor("y", "f32", (2,), "output"),
)


def program(*tensors: Tensor) -> Program:
    return Program("plasticine", None, tensors, (), ())


def test_every_input_and_weight_gets_its_type() -> None:
    made = random_inputs(program(*TENSORS), 1)
    assert {name: (a.dtype, a.shape) for name, a in made.items()} == {
        "x": (np.dtype(np.float32), (2, 3)),
        "w": (np.dtype(np.int32), (4,)),
        "m": (np.dtype(np.bool_), (5,)),
    }


def test_seed_and_name_decide() -> None:
    first = random_inputs(program(*TENSORS), 1)
    again = random_inputs(program(*reversed(TENSORS)), 1)
    other = random_inputs(program(*TENSORS), 2)
    np.testing.assert_array_equal(first["x"], again["x"])
    assert not np.array_equal(first["x"], other["x"])
