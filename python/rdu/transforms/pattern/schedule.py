"""Choosing where and when patterns run."""

from dataclasses import dataclass

from rdu.analysis.kernels import (
    kernel_of,
    reductions,
    returned_tensors,
    top_level_patterns,
)
from rdu.analysis.planner import make_plan
from rdu.analysis.schedule import write_schedule, write_tile_rows
from rdu.mlir_ext import ir
from rdu.mlir_ext.functions import defined_functions
from rdu.mlir_ext.passes import Pass, option, register
from rdu.targets import load_machine


@register
class Schedule(Pass):
    """Choose lanes, tiles and copies of every pattern for a machine.

    Accepts functions of fused patterns, each with at most one reduction. Writes on each pattern
    which counter the lanes run along (`pattern.lanes`), how many copies share each counter's range
    (`pattern.unroll`) and in which grains (`pattern.grains`); on the function, how many rows of
    a leading dimension common to all patterns one iteration of the tile loop takes
    (`pattern.tile`). The patterns themselves stay as they are, so the meaning does too.
    """

    name = "pattern-schedule"
    level_in = "pattern"
    level_out = "pattern"
    messages = {  # noqa: RUF012
        "reductions": "holds {have} reductions: expected at most one, as pattern-fuse leaves it"
    }
    statistics = {"copies": "copies of patterns planned", "tiled": "functions with a tile loop"}  # noqa: RUF012

    @dataclass(frozen=True)
    class Options:
        """What to plan for."""

        machine: str = option("plasticine", help="name or file of the machine to plan for")
        utilization: float = option(
            0.85, help="share of each kind of unit to use at most, so that nets can be routed"
        )
        spatial: bool = option(True, help="use copies; without, every pattern runs on its own unit")

    def run(self, module: ir.OpView, options: Options) -> None:
        """Schedule every function."""
        machine = load_machine(options.machine)
        for function in defined_functions(module):
            patterns = top_level_patterns(function)
            crowded = [p for p in patterns if len(reductions(p)) > 1]
            for pattern in crowded:
                self.error(pattern, "reductions", have=len(reductions(pattern)))
            if crowded or not patterns:
                continue
            kernels = [kernel_of(pattern) for pattern in patterns]
            share = options.utilization if options.spatial else 0.0
            plan = make_plan(kernels, returned_tensors(function), machine, share)
            for kernel, schedule in zip(kernels, plan.schedules, strict=True):
                write_schedule(kernel, schedule)
                copies = 1
                for count in schedule.unroll:
                    copies *= count
                self.count("copies", copies)
            if plan.rows:
                write_tile_rows(function, plan.rows)
                self.count("tiled")
