"""Kernels whose cycles are those of tiles, rows and blocks that pass through buffers.

Common to all: vector v comes from its tier after `first(v)` cycles - each of 4 channels has one
every 5 cycles, its answer takes 60 more, a channel 1 - and a token of an access reaches the next
context `access(p)` after its start, p the depth of the access. A store costs the last token `STORE`
= 5 + 60 cycles. `FAST` memory has a burst in 1 cycle, so v comes after 62 + v and a store takes 61.
"""

from __future__ import annotations

import math

import pytest
from kernels import Case, buffers, number, section

from rdu.simulator.result import SectionResult

STORE = 5 + 60
FAST = {"dram.bytes_per_cycle": 1024}
DEPTHS = (2, 3, 4, 6, 8)


def access(depth: int) -> int:
    """Return the cycles from an access to the context that its token goes to."""
    return depth + 1


def first(vector: int) -> int:
    """Return when a vector arrives from a tier that does nothing else."""
    return vector % 4 + vector // 4 * 5 + 5 + 60 + 1


def starved(result: SectionResult, context: str) -> int:
    """Return the cycles that a context waited for tokens."""
    return sum(next(c for c in result.contexts if c.name == context).starved.values())


@pytest.mark.parametrize("size", [16, 32, 48, 64, 80])
def test_columns_of_a_linear_layout_meet_in_one_bank(size: int) -> None:
    """16 cycles a vector of a column; the next tile is loaded meanwhile.

    The first tile of size^2 words has to be there; then all 8 are read without a pause.
    """
    edits = ((r" skew 64", ""), number(4096, size * size), number(64, size))
    vectors = size * size // 16
    ready = first(vectors - 1) + access(4)
    read = ready + 16 * (8 * vectors - 1)
    assert section(Case("transpose", edits=edits)).cycles == read + access(4) + STORE


@pytest.mark.parametrize("depth", DEPTHS)
def test_two_buffers_pause_for_the_way_of_their_tokens(depth: int) -> None:
    """In a skewed layout a tile of V vectors is written in V cycles and read in V.

    A buffer is written, read and written again, with the token's way between: two tiles every
    2 (V - 1 + p + 1) cycles. Tile 7 is the fourth of the second buffer.
    """
    result = section(Case("transpose", {**FAST, "pmu.depth": depth}))
    vectors = 64 * 64 // 16
    turn = vectors - 1 + access(depth)
    read = 62 + vectors + turn + 3 * 2 * turn
    assert result.cycles == read + vectors - 1 + access(depth) + 61


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("rows", [4, 64])
def test_softmax_is_bound_by_a_row_in_each_stage(rows: int, depth: int) -> None:
    """With memory fast enough, a row of 16 vectors leaves every 16 cycles.

    The first row: written to `x` and read; exp in 2 stages; written to `e` and read; divided. The
    maximum, in a tree of 5 stages, is known no later than the row can be read, and so is the sum
    if an access takes 4 cycles or more.
    """
    result = section(Case("softmax", {**FAST, "pmu.depth": depth}, (number(64, rows),)))
    maximum = 62 + 15 + 6
    exp = max(62 + 15 + 2 * access(depth), maximum)
    total = exp + 3 + 15 + 6 - 1
    divide = max(exp + 3 + 15 + 2 * access(depth), total)
    assert result.cycles == divide + 2 + 16 * rows - 1 + 61


@pytest.mark.parametrize("depth", [3, 4, 5, 6, 8])
def test_two_buffers_are_too_few_for_short_rows(depth: int) -> None:
    """Two rows every 2 (15 + p + 1) cycles instead of 32: p more for each row but two."""
    machine = {**FAST, "pmu.depth": depth}
    full = section(Case("softmax", machine, is_long=True))
    edits = buffers("x", 3) + buffers("e", 2)
    short = section(Case("softmax", machine, edits, is_long=True))
    assert short.cycles == full.cycles + (64 - 2) * depth


@pytest.mark.parametrize("tiles", [1, 2, 3])
@pytest.mark.parametrize("k", [32, 48, 64, 100])
def test_tiles_of_a_systolic_array(k: int, tiles: int) -> None:
    """32 tiles of K firings each; the array is 32 + 6 - 1 deep, three stages stand behind it.

    A tile retires when its 12 vectors have left; the one that comes `tiles` later waits for it. The
    first operands are there at 11: a cycle each for two bursts on one channel, 8 and 1 on the way.
    """
    case = Case("systolic", {"systolic.tiles": tiles}, (number(64, k),))
    depth, vectors = 32 + 6 - 1 + 3, 32 * 6 // 16
    start, retired = 11 - k, [0] * tiles
    for tile in range(32):
        start = max(start + k, retired[tile])
        retired.append(start + k - 1 + depth + vectors - 1)
    array = next(c for c in section(case).contexts if c.name == "array.main")
    assert array.lifetime == retired[-1]


@pytest.mark.parametrize("rows", [8, 32, 64])
def test_a_line_buffer_is_read_three_times(rows: int) -> None:
    """Four vectors a row, three reads each, without a pause; the mean takes 2 stages."""
    edits = (
        number(66, rows + 2),
        (r"count i 0\.\.64", f"count i 0..{rows}"),
        (r"y : f32\[64, 64\]", f"y : f32[{rows}, 64]"),
    )
    read = first(3) + access(4) + 12 * (rows + 2) - 1
    assert section(Case("stencil", edits=edits)).cycles == read + access(4) + 3 + STORE


@pytest.mark.parametrize("vectors", [8, 16, 32, 48, 64])
def test_what_waits_for_its_sum_waits_in_a_fifo(vectors: int) -> None:
    """The sum takes 5 stages from the last vector on; then the stores take all the bandwidth."""
    edits = (number(1024, 16 * vectors),)
    stored = first(vectors - 1) + 6 + 2
    last = stored + 3 + vectors // 4 * 5 + 60
    assert section(Case("normalise", edits=edits)).cycles == last


@pytest.mark.parametrize("size", [96, 128, 160, 192, 224])
@pytest.mark.parametrize(
    ("kernel", "pcus", "depth", "gap"),
    [("gemm-tree", 1, 6, 0), ("gemm-lanes", 1, 2, 1), ("gemm-2x2", 4, 2, 1)],
)
def test_gemm_fires_without_a_pause(
    kernel: str, pcus: int, depth: int, gap: int, size: int
) -> None:
    """Once a first block of B is there, size^3 multiply-adds follow one another, 16 a cycle.

    The blocks have 16 rows of `size` words and a gap: `size` vectors on each of the 1 or 2 PMUs,
    and A has no more before it must wait for them. At last, both PCUs that share B store at
    the same time to one channel, and the two others, too, if it is theirs: 4 bursts further.
    """
    row, blocks = size + gap, "blocks1" if pcus == 4 else "blocks"
    sizes = {2048 + 16 * gap: 16 * row, 128 + gap: row, 128: size}
    if pcus == 4:
        sizes = {64: size // 2, **sizes}
    case = Case(kernel, edits=tuple(number(old, new) for old, new in sizes.items()), is_long=True)
    result = section(case)
    start = starved(result, f"{blocks}.read")
    loaded = size if pcus == 1 else 2 * size
    assert first(loaded - 1) + access(4) <= start <= first(2 * loaded - 1) + access(4)
    read = start + size**3 // 16 // pcus - 1
    meet = 0 if pcus == 1 else 1 + (size // 32 % 4 == 0)
    assert result.cycles == read + access(4) + depth + 1 + STORE + 5 * meet


@pytest.mark.parametrize("keys", [16, 32, 48, 64, 128, 256])
def test_attention_streams_past_blocks_of_queries(keys: int) -> None:
    """64 cycles for each key and block of 16 queries, without a pause.

    The last score is made in 3 stages, its weight in 5; product, sum and quotient take one each.
    The first of the last 64 stores comes then. They go to every keys / 16-th burst: only to some of
    the channels if that is even.
    """
    result = section(Case("attention", edits=(number(256, keys),), is_long=keys > 32))
    read = starved(result, "queries.read") + 4 * keys * keys - 1
    stored = read + access(4) + (3 + 1) + (5 + 1) + 3 * (1 + 1)
    channels = 4 // math.gcd(keys // 16, 4)
    assert result.cycles == stored + channels - 1 + 64 // channels * 5 + 60


@pytest.mark.parametrize("keys", [256, 512, 65536])
def test_attention_needs_the_same_scratchpads_for_any_number_of_keys(keys: int) -> None:
    program = Case("attention", edits=(number(256, keys),)).program
    memories = [memory for unit in program.sections[0].units for memory in unit.memories]
    assert sum(memory.words * memory.buffers for memory in memories) == 3584
