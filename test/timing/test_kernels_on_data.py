"""Kernels whose data decides what they do, on data that decides strangely.

Every run compares both engines, and their results with NumPy's.
"""

from __future__ import annotations

import numpy as np
import pytest
from kernel_references import Arrays
from kernels import Case, inputs, run_both, section


def given(kernel: str, **arrays: object) -> tuple[Case, Arrays]:
    """Return an example and its data, but for some arrays."""
    case = Case(kernel)
    made = inputs(case)
    return case, made | {n: np.asarray(a).astype(made[n].dtype) for n, a in arrays.items()}


@pytest.mark.parametrize(
    "lengths",
    [
        [0] * 64,
        [0] * 63 + [512],
        [512] + [0] * 63,
        [16] * 32 + [0] * 32,
        [0, 17] * 30 + [0, 2, 0, 0],
        [8] * 64,
    ],
)
def test_rows_of_any_length(lengths: list[int]) -> None:
    """A row takes a firing for each 16 elements, one if it has none: that makes its zero."""
    starts = np.concatenate(([0], np.cumsum(lengths)))
    dot = next(c for c in section(*given("spmv", starts=starts)).contexts if c.name == "dot.main")
    assert dot.firings == sum(max(1, -(-length // 16)) for length in lengths)


@pytest.mark.parametrize("kept", [[], [0], [63], range(64), range(0, 64, 2), range(16, 48)])
def test_any_choice_of_rows(kept: list[int]) -> None:
    """What is kept leaves in full vectors of 32 and a rest, then a stop and done."""
    flags = np.isin(np.arange(64), kept)
    store = next(
        c for c in section(*given("select-rows", flags=flags)).contexts if c.name == "store.main"
    )
    assert store.firings == -(-10 * len(kept) // 32) + 2


@pytest.mark.parametrize("below", [0, 1, 255, 256])
def test_all_ways_of_a_branch(below: int) -> None:
    x = np.where(np.arange(256) < below, -0.5, 0.5)
    assert section(*given("branch", x=x)).cycles == 280 + 3 * (below > 0)


def test_a_merge_keeps_the_order_of_each_stream() -> None:
    case, arrays = given("merge")
    result = run_both(case, arrays).outputs
    for origin, name in enumerate(("a", "b")):
        assert result["y"][result["origin"] == origin].tobytes() == arrays[name].tobytes()
    # They do meet: neither stream comes as a whole.
    assert 3 <= np.count_nonzero(np.diff(result["origin"])) <= 2 * 64


@pytest.mark.parametrize("keys", [np.zeros(4096), np.arange(4096) % 63, np.arange(4096) // 64])
def test_groups_of_any_size(keys: np.ndarray) -> None:
    run_both(*given("group-by", keys=keys))


@pytest.mark.parametrize("places", ["in order", "backwards", "quarters"])
def test_any_order_of_places(places: str) -> None:
    """Neighbours share a burst; four places in each quarter of the tensor are four."""
    order = np.arange(1024)
    quarters = order % 4 * 256 + order // 4
    chosen = {"in order": order, "backwards": order[::-1], "quarters": quarters}[places]
    (tier,) = section(*given("scatter", p=chosen)).tiers
    assert tier.stored_bytes == 64 * 64 * (4 if places == "quarters" else 1)
