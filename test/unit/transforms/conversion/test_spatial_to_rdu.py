"""What the conversion makes of controllers and memories: units, contexts, nets, statistics."""

import pytest
from levels import CONTEXT, run_pass

from rdu.codegen.configuration import program_of
from rdu.configuration import Program
from rdu.mlir_ext.context import parse
from rdu.mlir_ext.driver import run_pass as run_class
from rdu.transforms.conversion.spatial_to_rdu import SpatialToRdu

PRODUCT = """
func.func @main(%x: tensor<4x64xf32>, %w: tensor<64x64xf32>) -> tensor<4x64xf32> {{
  %y = "pattern.reduce"() ({{
    %e = "pattern.read"(%x) {{map = affine_map<(i, j, k) -> (i, k)>}} : (tensor<4x64xf32>) -> f32
    %f = "pattern.read"(%w) {{map = affine_map<(i, j, k) -> (j, k)>}} : (tensor<64x64xf32>) -> f32
    %p = arith.mulf %e, %f : f32
    "pattern.yield"(%p) : (f32) -> ()
  }}) {{combiner = "addf", dims = array<i64: 2>, domain = array<i64: 4, 64, 64>,
    pattern.lanes = array<i64: 1, 16, 1>, pattern.unroll = array<i64: 1, {columns}, {links}>,
    pattern.grains = array<i64: 1, 16, 16>}} : () -> tensor<4x64xf32>
  return %y : tensor<4x64xf32>
}}
"""


def spatial_module(columns: int, links: int):
    module = parse(PRODUCT.format(columns=columns, links=links), CONTEXT)
    for name in ("pattern-to-spatial", "spatial-unroll"):
        run_pass(module, name)
    return module


def section_of(columns: int, links: int) -> Program:
    module = spatial_module(columns, links)
    run_pass(module, "spatial-to-rdu")
    (section,) = program_of(module, "plasticine").sections
    return section


@pytest.mark.parametrize("columns", [1, 2, 4])
@pytest.mark.parametrize("links", [1, 2, 4])
def test_copies_share_the_stream_of_rows(columns: int, links: int):
    section = section_of(columns, links)
    kinds = {kind: [u for u in section.units if u.kind == kind] for kind in ("pcu", "pmu", "ag")}
    # Copies: one PCU each. Memories: x by links, w by both, y by columns; each with its transfer.
    assert len(kinds["pcu"]) == columns * links
    assert len(kinds["pmu"]) == links + columns * links + columns
    assert len(kinds["ag"]) == len(kinds["pmu"])
    for unit in kinds["pmu"]:
        assert len(unit.contexts) == 2, f"{unit.name}: one writer, one reader"
    fanout = [len(net.sinks) for net in section.nets if net.source.unit.startswith("arg0")]
    assert fanout.count(columns) >= links


def test_statistics_count_what_is_made():
    module = spatial_module(2, 2)
    counts = run_class(module, SpatialToRdu)
    (section,) = program_of(module, "plasticine").sections
    assert counts == {
        "units": len(section.units),
        "contexts": sum(1 for _ in section.contexts()),
        "nets": len(section.nets),
    }


def test_every_unit_knows_its_line():
    module = parse(PRODUCT.format(columns=2, links=2), CONTEXT, source_name="model.mlir")
    for name in ("pattern-to-spatial", "spatial-unroll", "spatial-bank", "spatial-to-rdu"):
        run_pass(module, name)
    (section,) = program_of(module, "plasticine").sections
    sources = {context.source for _, context in section.contexts()}
    # The pattern for its computation, writes and transfers; each read for its own contexts.
    assert {(source.file, source.line) for source in sources} == {
        ("model.mlir", n) for n in (3, 4, 5)
    }
