"""Random schedules for the patterns of a program, well beyond what the planner would choose."""

import random

from levels import CONTEXT, run_pass

from rdu.analysis.kernels import kernel_of, top_level_patterns
from rdu.analysis.planner import is_tileable
from rdu.analysis.schedule import Schedule, write_schedule, write_tile_rows
from rdu.mlir_ext.context import parse


def schedule_randomly(text: str, seed: int) -> str:
    """Return a program of the pattern level, fused, with a random legal schedule written on it."""
    rng = random.Random(seed)
    module = parse(text, CONTEXT)
    run_pass(module, "pattern-fuse")
    (function,) = module.body.operations
    kernels = [kernel_of(pattern) for pattern in top_level_patterns(function)]
    if is_tileable(kernels) and rng.random() < 0.6:
        leading = kernels[0].parallel[0]
        write_tile_rows(function, rng.choice([n for n in range(1, leading + 1) if not leading % n]))
    for kernel in kernels:
        write_schedule(kernel, _schedule(len(kernel.parallel), len(kernel.extents), rng))
    return str(module)


def _schedule(parallel: int, counters: int, rng: random.Random) -> Schedule:
    """Draw lanes for at most one counter, and copies of all but the inner reduced ones."""
    lanes = [1] * counters
    if counters and rng.random() < 0.85:
        lanes[rng.randrange(counters)] = rng.choice((2, 4, 16, 16))
    unroll = [rng.choice((1, 1, 1, 2, 3)) if c <= parallel else 1 for c in range(counters)]
    grains = [n * rng.choice((1, 1, 2)) for n in lanes]
    return Schedule(tuple(lanes), tuple(unroll), tuple(grains))
