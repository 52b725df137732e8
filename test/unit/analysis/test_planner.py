"""What the planner chooses for small kernels, and that it never asks for more than there is."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from levels import CONTEXT, run_pass

from rdu.analysis.kernels import kernel_of, returned_tensors, top_level_patterns
from rdu.analysis.planner import Plan, is_tileable, make_plan
from rdu.mlir_ext.context import parse
from rdu.targets import Machine, load_machine

LAYER = """
  %{y} = "pattern.reduce"() ({{
    %e = "pattern.read"(%{x}) {{map = affine_map<(i, j, k) -> (i, k)>}}
      : (tensor<{m}x{k}xf32>) -> f32
    %f = "pattern.read"(%{w}) {{map = affine_map<(i, j, k) -> (j, k)>}}
      : (tensor<{n}x{k}xf32>) -> f32
    %p = arith.mulf %e, %f : f32
    "pattern.yield"(%p) : (f32) -> ()
  }}) {{combiner = "addf", dims = array<i64: 2>, domain = array<i64: {m}, {n}, {k}>}}
    : () -> tensor<{m}x{n}xf32>
"""


def layers(batch: int, *widths: int) -> str:
    """Write a function of matrix products, one after another."""
    pairs = list(pairwise(widths))
    weights = ", ".join(f"%w{i}: tensor<{n}x{k}xf32>" for i, (k, n) in enumerate(pairs))
    head = f"func.func @main(%x0: tensor<{batch}x{widths[0]}xf32>, {weights})"
    body = "".join(
        LAYER.format(x=f"x{i}", y=f"x{i + 1}", w=f"w{i}", m=batch, n=n, k=k)
        for i, (k, n) in enumerate(pairs)
    )
    result = f"tensor<{batch}x{widths[-1]}xf32>"
    return f"{head} -> {result} {{{body}  return %x{len(pairs)} : {result}\n}}"


def plan_of(text: str, machine: Machine, share: float = 0.85) -> Plan:
    module = parse(text, CONTEXT)
    (function,) = module.body.operations
    kernels = [kernel_of(pattern) for pattern in top_level_patterns(function)]
    return make_plan(kernels, returned_tensors(function), machine, share)


@pytest.fixture(scope="module")
def plasticine() -> Machine:
    return load_machine("plasticine")


def test_lanes_run_along_the_last_kept_dimension(plasticine: Machine):
    (schedule,) = plan_of(layers(4, 64, 48), plasticine).schedules
    assert schedule.lanes == (1, 16, 1)


def test_lanes_run_along_a_reduction_that_has_few_columns(plasticine: Machine):
    (schedule,) = plan_of(layers(4, 64, 1), plasticine).schedules
    assert schedule.lanes == (1, 1, 16)


def test_rows_are_tiled_and_shared_among_copies(plasticine: Machine):
    plan = plan_of(layers(64, 784, 512, 256, 10), plasticine)
    assert plan.rows > 0
    assert 64 % plan.rows == 0
    for schedule in plan.schedules:
        assert plan.rows % schedule.unroll[0] == 0
        assert schedule.grains[0] == 1


def test_copies_agree_on_the_tensors_between_them(plasticine: Machine):
    first, second, third = plan_of(layers(64, 784, 512, 256, 10), plasticine).schedules
    assert first.unroll[1] % second.unroll[2] == 0
    assert second.unroll[1] % third.unroll[2] == 0


def test_the_slowest_kernel_gets_most_copies(plasticine: Machine):
    copies = [
        np.prod(s.unroll) for s in plan_of(layers(64, 784, 512, 256, 10), plasticine).schedules
    ]
    assert copies[0] > copies[1] > copies[2]


def test_a_chain_is_cut_between_vectors(plasticine: Machine):
    (schedule,) = plan_of(layers(1, 784, 1), plasticine).schedules
    assert schedule.lanes[2] == 16
    assert schedule.grains[2] % 16 == 0


def test_the_same_program_gets_the_same_plan(plasticine: Machine):
    text = layers(64, 100, 50, 30, 7)
    assert plan_of(text, plasticine) == plan_of(text, plasticine)


def test_no_units_no_copies(plasticine: Machine):
    plan = plan_of(layers(64, 784, 512, 10), plasticine, share=0.0)
    assert all(np.prod(schedule.unroll) == 1 for schedule in plan.schedules)


def test_a_larger_machine_gets_more_copies(plasticine: Machine):
    text = layers(64, 784, 512, 256, 10)
    copies = [
        sum(np.prod(s.unroll) for s in plan_of(text, machine).schedules)
        for machine in (plasticine, load_machine("pir"))
    ]
    assert copies[1] > 1.5 * copies[0]


def test_memories_that_one_unit_cannot_hold_are_cut(plasticine: Machine):
    # 512 x 512 words are four PMUs full.
    (schedule,) = plan_of(layers(1, 512, 512), plasticine).schedules
    assert schedule.unroll[1] * schedule.unroll[2] >= 4


@pytest.mark.parametrize("share", [0.3, 0.85, 1.0])
@pytest.mark.parametrize("name", ["plasticine", "pir"])
@pytest.mark.parametrize("widths", [(64, 48, 10), (100, 50, 30, 7), (256, 256, 256, 256)])
def test_units_are_respected(widths: tuple[int, ...], name: str, share: float):
    machine, text = load_machine(name), layers(16, *widths)
    copies = [np.prod(schedule.unroll) for schedule in plan_of(text, machine, share).schedules]
    assert sum(copies) <= max(len(widths) - 1, share * len(machine.places("pcu")))
    module = parse(text, CONTEXT)
    run_pass(module, f"pattern-schedule{{machine={name} utilization={share}}}")
    for each in ("pattern-to-spatial", "spatial-unroll", "spatial-bank", "spatial-buffer"):
        run_pass(module, each)
    run_pass(module, "spatial-to-rdu")
    run_pass(module, f"rdu-partition{{machine={name}}}")  # refuses what does not fit a unit


def test_a_machine_without_a_grid_bounds_nothing(plasticine: Machine):
    endless = replace(plasticine, grid=None)
    (schedule,) = plan_of(layers(16, 256, 256), endless).schedules
    (bounded,) = plan_of(layers(16, 256, 256), plasticine).schedules
    assert np.prod(schedule.unroll) >= np.prod(bounded.unroll)


MAP = """
func.func @main(%x: tensor<8x20xf32>) -> tensor<{shape}xf32> {{
  %y = "pattern.map"() ({{
    %e = "pattern.read"(%x) {{map = affine_map<{map}>}} : (tensor<8x20xf32>) -> f32
    "pattern.yield"(%e) : (f32) -> ()
  }}) {{domain = array<i64: {domain}>}} : () -> tensor<{shape}xf32>
  return %y : tensor<{shape}xf32>
}}
"""


@pytest.mark.parametrize(
    ("access", "domain", "tileable"),
    [
        ("(i, j) -> (i, j)", (8, 20), True),
        ("(i, j) -> (0, j)", (8, 20), True),
        ("(i, j) -> (7 - i, j)", (8, 20), False),
        ("(i, j) -> (j, i)", (20, 8), False),
        ("(i, j) -> (i, i)", (8, 20), False),
        ("(i) -> (i, 0)", (8,), False),
    ],
)
def test_rows_can_be_tiled_where_every_tensor_follows_them(
    access: str, domain: tuple[int, ...], tileable: bool
):
    shape = "x".join(map(str, domain))
    text = MAP.format(shape=shape, map=access, domain=", ".join(map(str, domain)))
    module = parse(text, CONTEXT)
    (function,) = module.body.operations
    kernels = [kernel_of(pattern) for pattern in top_level_patterns(function)]
    assert is_tileable(kernels) == tileable
