"""The machine limit: the larger of operations at peak and bytes at bandwidth."""

import pytest

from rdu.configuration.model import Tensor
from rdu.report.limit import limit, needed_bytes
from rdu.targets import load_machine

PLASTICINE = load_machine("plasticine")


def test_bytes_limit_the_reference_perceptron() -> None:
    weights = 4 * (784 * 512 + 512 + 512 * 256 + 256 + 256 * 10 + 10)
    data = 4 * 64 * (784 + 10)
    least = limit(PLASTICINE, 2 * 64 * (784 * 512 + 512 * 256 + 256 * 10), {"dram": weights + data})
    assert least.cause == "bytes"
    assert least.cycles == pytest.approx(45_800, rel=1e-3)


def test_operations_limit_dense_work() -> None:
    least = limit(PLASTICINE, 12_288 * 100, {"dram": 512})
    assert (least.cycles, least.cause, least.byte_cycles) == (100, "operations", 10)
    assert least.share(400) == 0.25
    assert least.share(0) is None


def test_a_tensor_counts_once_and_never_more_than_what_moved() -> None:
    tensors = [Tensor("a", "f32", (4, 4), "input"), Tensor("b", "i32", (8,), "weight", "hbm")]
    assert needed_bytes(tensors, {"dram": 640, "hbm": 16}) == {"dram": 64, "hbm": 16}
