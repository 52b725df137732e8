"""The examples compute what they should, and `docs/kernels.md` shows the cycles that they take."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from kernels import EXAMPLES, KERNELS, Case, buffers, number, section

from rdu.configuration import parse, print_program

PAGE = Path(__file__).resolve().parents[2] / "docs" / "kernels.md"
ROW = re.compile(r"^\| `(.+?)\.rdu`(?:, (.+?))? \|.*\| ([\d,]+) \|[^|]*\|[^|]*\|$", re.M)

LINEAR = (r" skew 64", "")
FAST = {"dram.bytes_per_cycle": 1024}
LONG = {"attention", "gemm-2x2", "gemm-lanes", "gemm-tree"}
"""What takes the Python engine minutes."""

TWO_STAGES = (r"s = fma old 0.5 x", "p = mulf old 0.5\n s = addf p x")

IDLE = "".join(f"o{i + 1} = addi o{i} 0\n" for i in range(1, 5))
"""Four stages that change nothing, from `o1` to `o5`."""

SAM_500 = (
    (r"i32\[7\]", "i32[500]"),
    (r"f32\[7\]", "f32[500]"),
    (r"\[8\]", "[501]"),
    (r"\[19\]", "[12371]"),
    (r"\[4\]", "[259]"),
)
"""The sizes of a matrix of 500 x 500, as `kernel_references` makes it."""


def capacity(tokens: str) -> tuple[str, str]:
    """Return the edit that gives every FIFO of `spmv-sam` another depth."""
    return r"capacity 8", f"capacity {tokens}"


VARIANTS = {
    ("dot", "16 outstanding"): Case("dot", {"ag.outstanding": 16}),
    ("attention", "512 queries and keys"): Case(
        "attention", edits=(number(256, 512),), is_long=True
    ),
    ("histogram-loop", "contexts 6 deep"): Case(
        "histogram-loop",
        {"pmu.depth": 6},
        (("x = addi old 1", f"o1 = addi old 0\n{IDLE}x = addi o5 1"),),
    ),
    ("softmax", "fast memory"): Case("softmax", FAST),
    ("softmax", "fast memory, 3 and 2 buffers"): Case(
        "softmax", FAST, buffers("x", 3) + buffers("e", 2)
    ),
    ("spmv-sam", "500 x 500"): Case("spmv-sam", edits=SAM_500, is_long=True),
    ("spmv-sam", "500 x 500, FIFOs of 1"): Case(
        "spmv-sam", edits=(*SAM_500, capacity("1")), is_long=True
    ),
    ("systolic", "one tile in flight"): Case("systolic", {"systolic.tiles": 1}),
    ("recurrence", "two stages"): Case("recurrence", edits=(TWO_STAGES,)),
    ("transpose", "linear"): Case("transpose", edits=(LINEAR,)),
    ("transpose", "fast memory"): Case("transpose", FAST),
    ("transpose", "linear, fast memory"): Case("transpose", FAST, edits=(LINEAR,)),
}
"""The rows of the page that are not an example as it stands."""


def rows() -> dict[tuple[str, str], int]:
    """Return the cycles of the page by example and variant."""
    found = ROW.findall(PAGE.read_text("utf-8"))
    return {(kernel, variant): int(cycles.replace(",", "")) for kernel, variant, cycles in found}


def test_every_example_is_on_the_page_and_has_a_reference() -> None:
    names = sorted(path.stem for path in EXAMPLES.glob("*.rdu"))
    assert sorted(KERNELS) == names
    assert sorted(kernel for kernel, variant in rows() if not variant) == names
    assert {row for row in rows() if row[1]} == set(VARIANTS)


@pytest.mark.parametrize("row", rows(), ids=", ".join)
def test_cycles_and_results(row: tuple[str, str]) -> None:
    case = VARIANTS.get(row) or Case(row[0], is_long=row[0] in LONG)
    assert section(case).cycles == rows()[row]


@pytest.mark.parametrize("tokens", ["inf", "4", "2"])
def test_two_tokens_a_fifo_are_enough_for_a_sparse_row(tokens: str) -> None:
    case = Case("spmv-sam", edits=(*SAM_500, capacity(tokens)), is_long=True)
    assert section(case).cycles == rows()["spmv-sam", "500 x 500"]


@pytest.mark.parametrize(("tokens", "cycles"), [("8", 135_923), ("1", 271_842)])
def test_a_cycle_in_every_channel_is_most_of_what_the_prototype_took_longer(
    tokens: str, cycles: int
) -> None:
    edits = SAM_500 if tokens == "8" else (*SAM_500, capacity(tokens))
    case = Case("spmv-sam", {"network.direct_latency": 1}, edits, is_long=True)
    assert section(case).cycles == cycles
    assert f"{cycles:,}" in PAGE.read_text("utf-8")


@pytest.mark.parametrize("name", KERNELS)
def test_examples_are_canonical_but_for_comments(name: str) -> None:
    text = (EXAMPLES / f"{name}.rdu").read_text()
    without = "".join(line for line in text.splitlines(True) if not line.startswith("//"))
    assert print_program(parse(text)) == without
