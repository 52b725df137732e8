"""Primitives of sparse tensor algebra, from the configuration to the dialect and back."""

import pytest

from rdu.codegen import module_of, program_of
from rdu.configuration.model import (
    Context,
    Endpoint,
    Net,
    Port,
    Program,
    Section,
    Sink,
    Source,
    Sparse,
    Storage,
    Unit,
)
from rdu.mlir_ext.context import make_context, parse
from rdu.mlir_ext.printing import PrintStyle, print_operation
from rdu.support.diagnostics import RduError


def stream(name, dtype="i32"):
    return Port(name, "scalar", dtype, "pass", stream=True)


def unit(kind, name, action, inputs=(), outputs=()):
    source = Source("graph.py", 7)
    context = Context("main", (), tuple(inputs), tuple(outputs), action, source=source)
    return Unit(kind, name, None, (), (context,))


def program(*units, nets=()):
    return Program("sam-ideal", None, (), (Section("s", (), units, nets),), ())


EVERY_FIELD = program(
    unit(
        "ag",
        "walk",
        Sparse("lookup", ("root",), ("crd", "_"), storage=Storage("compressed", ("B.s", "B.c"))),
        outputs=[stream("crd")],
    ),
    unit(
        "ag",
        "rows",
        Sparse("lookup", ("crd",), ("_", "_"), storage=Storage("dense", (64,))),
        inputs=[stream("crd")],
    ),
    unit(
        "pcu",
        "scale",
        Sparse("apply", ("x", 2.5), ("y",), "mulf"),
        inputs=[stream("x", "f32")],
        outputs=[stream("y", "f32")],
    ),
    unit("pcu", "whole", Sparse("apply", (0, True, -3), ("_",), "select")),
    unit("pcu", "cut", Sparse("chunk", (), (), settings=(("factor", 4), ("whole", 0)))),
    nets=(
        Net(
            "n",
            "scalar",
            Endpoint("walk", "main", "crd"),
            (Sink(Endpoint("rows", "main", "crd"), None), Sink(Endpoint("rows", "main", "x"), 8)),
        ),
    ),
)


def test_every_field_survives_the_way_through_printed_ir():
    # A word that no configuration has is refused on the way back, so the last unit stays here.
    section = EVERY_FIELD.sections[0]
    known = program(*section.units[:-1], nets=section.nets)
    text = print_operation(module_of(known, make_context()), PrintStyle(locations=True))
    assert program_of(parse(text, make_context()), "sam-ideal") == known


def test_settings_are_names_and_numbers():
    text = print_operation(module_of(EVERY_FIELD, make_context()))
    assert "numbers = array<i64: 4, 0>" in text
    assert 'settings = ["factor", "whole"]' in text


def test_what_no_configuration_has_is_refused_all_at_once():
    context = "names = [], starts = array<i64>, stops = array<i64>, steps = array<i64>, lanes = "
    text = f"""
    "rdu.section"() ({{
      "rdu.unit"() ({{
        "rdu.context"() ({{
          "rdu.receive"() {{port = "a", kind = "scalar", element = f64}} : () -> ()
          "rdu.sparse"() {{primitive = "chew", inputs = ["a", 1.0 : f64], outputs = []}} : () -> ()
          "rdu.sparse"() {{primitive = "union", inputs = [], outputs = []}} : () -> ()
        }}) {{name = "main", {context}array<i64>}} : () -> ()
      }}) {{name = "p", kind = "pcu"}} : () -> ()
    }}) {{name = "s", state = "virtual"}} : () -> ()
    """
    with pytest.raises(RduError) as caught:
        program_of(parse(text, make_context()), "sam-ideal")
    said = caught.value.render()
    for part in (
        "'rdu.receive' carries f64: expected f32, bf16, i32 or i1",
        "'rdu.sparse' is 'chew': expected lookup, locate, ",
        "'rdu.sparse' is 1.000000e+00 : f64: expected a constant of f32, i32 or i1",
        "'rdu.context' holds 'rdu.sparse' and 'rdu.sparse': expected one access or primitive",
    ):
        assert part in said
