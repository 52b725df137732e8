from pathlib import Path

import pytest

from rdu.codegen import module_of, program_of
from rdu.codegen.untranslatable import check_translatable
from rdu.configuration import parse, print_program
from rdu.mlir_ext.context import make_context, verify
from rdu.mlir_ext.context import parse as parse_module
from rdu.mlir_ext.locations import source_location
from rdu.support.diagnostics import RduError, SourceLocation

ROOT = Path(__file__).parents[3]


def is_translatable(path: Path) -> bool:
    try:
        check_translatable(parse(path.read_text()))
    except RduError:
        return False
    return True


TEXTS = (
    *filter(is_translatable, sorted((ROOT / "examples/configurations").glob("*.rdu"))),
    ROOT / "test/unit/configuration/placed.rdu",
)

EVERYTHING = """\
rdu 1
machine plasticine hash "sha256:0"

tensor w.x : i32[4] weight tier dram
tensor y : f32[2, 4] temporary tier dram

section s(w.x : i32[4], y : f32[2, 4]) {
  ag load {
    context main from "a b.py":7 {
      repeat 2
      count i 0..4 step 1 par 4
      out data : vector i32 @i
      load w.x[3 - i] -> data
    }
  }
  ag last {
    context main {
      out data : scalar i32 @pass
      load w.x[2] -> data
    }
  }
  pcu p at (0, 0) {
    context main {
      repeat 2
      count i -4..8 step 3 par 4
      in v0 : vector i32 @i
      in go : control @pass
      out a : vector f32 @i
      out done : control @pass
      out b : scalar f32 @pass
      v1 = sitofp v0
      c = cmpf.olt v1 -inf
      v2 = select c 0.1 1e-20
      v3 = select true v2 v1
      q = andi c false
      v4 = addi i -7
      s = reduce addf v3 over i init 2.5
      r = reduce maxsi v4 over i
      a <- v1
      b <- s
    }
  }
  net n vector p.main.a {
    to p.main.v0 capacity inf
    to p.idle.v0 capacity 4 via (0, 0) (0, 1)
  }
  net m control p.main.done {
    to p.main.go capacity 2 init 1
  }
}

host {
  run s(w.x = w.x, y = y)
  run s(w.x = w.x, y = y)
}
"""


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_text_to_ir_to_text_is_identity(path):
    program = parse(path.read_text(), str(path))
    module = module_of(program, make_context())
    verify(module)
    assert print_program(program_of(module, program.machine, program.machine_hash)) == (
        print_program(program)
    )


def test_every_entity_survives_the_way_through_printed_ir():
    program = parse(EVERYTHING)
    context = make_context()
    module = module_of(program, context)
    verify(module)
    text = module.operation.get_asm(enable_debug_info=True)
    back = program_of(parse_module(text, context), "plasticine", "sha256:0")
    assert back == program


def test_locations_are_those_of_the_text_and_sources_of_contexts():
    module = module_of(parse(EVERYTHING, "all.rdu"), make_context())
    section = next(op for op in module.body.operations if op.operation.name == "rdu.section")
    unit = section.operations[2]
    assert source_location(unit.location) == SourceLocation("all.rdu", 8, 3)
    assert source_location(unit.operations[0].location) == SourceLocation("a b.py", 7)
    assert section.state.value == "virtual"


def test_a_name_that_is_taken_gives_way_to_a_number():
    context = make_context()
    module = module_of(parse(EVERYTHING), context)
    text = module.operation.get_asm().replace('rdu.name = "q"', 'rdu.name = "v0"')
    names = [
        op.result for op in _computation(program_of(parse_module(text, context), "plasticine"))
    ]
    assert names == ["v1", "c", "v2", "v3", "v4", "v5", "s", "r"]


def _computation(program):
    unit = next(unit for unit in program.sections[0].units if unit.kind == "pcu")
    return unit.contexts[0].action.operations
