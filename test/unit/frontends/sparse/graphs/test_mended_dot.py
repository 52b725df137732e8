"""Dot files that say a thing amiss, and can mean only one: read, with a warning."""

import numpy as np
import pytest
from sam_style import dot, values, walk, write

from rdu.frontends.sparse.graphs import dot_formats, read_dot, read_tortilla, write_tortilla
from rdu.interpreter import run
from rdu.semantics.fibertree import Format
from rdu.sparse import compile_graph
from rdu.support.diagnostics import RduError

DENSITIES = (1.0, 0.6, 0.3, 0.1, 0.0)

SCALED = {
    1: walk("i", "B", 0, "root"),
    2: walk("j", "B", 1),
    3: "arrayvals tensor=B",
    4: "fp_mul rb_const=0.5",
    5: values("X"),
    6: write("j", "X", 1),
    7: write("i", "X", 0),
}
EDGES = ["1 2 ref", "2 3 ref", "3 4 val", "4 5 val", "2 6 crd", "1 7 crd"]
TEXT = dot("X=ss01,B=ss01", SCALED, EDGES)


def read(text, **shapes):
    """Return the module of a text and what was warned of."""
    warnings = []
    module = read_dot(text, "f.gv", shapes=shapes, warn=warnings.append)
    return module, [warning.render() for warning in warnings]


def check(module, expected, **shapes):
    """Compare with NumPy from full to empty, interpreted and on both ends of the densities run."""
    for seed, density in enumerate(DENSITIES):
        rng = np.random.default_rng(seed)
        arrays = {
            name: np.where(rng.random(shape) < density, rng.integers(1, 5, shape), 0).astype(
                np.float32
            )
            * np.float32(0.25)
            for name, shape in shapes.items()
        }
        want = expected(*arrays.values())
        (got,) = run(module, arrays).values()
        np.testing.assert_allclose(got, want, rtol=1e-5)
        if density in (0.3, 0.0):
            tensor, _ = compile_graph(module, arrays).run()
            np.testing.assert_allclose(tensor.to_dense(), want, rtol=1e-5)


def test_a_text_without_mistakes_warns_of_nothing():
    module, warnings = read(TEXT, B=(4, 5))
    assert warnings == []
    check(module, lambda b: b / 2, B=(4, 5))


@pytest.mark.parametrize(
    ("edge", "old", "new", "said"),
    [
        ("3 -> 4", 'type="val"', 'type="va"', "has the type 'va': taken as 'val'"),
        ("4 -> 5", 'type="val"', "", "has no type: taken as 'val'"),
        ("1 -> 2", 'type="ref"', 'type="Ref"', "has the type 'Ref': taken as 'ref'"),
        ("1 -> 7", 'type="crd"', 'type=""', "has no type: taken as 'crd'"),
    ],
)
def test_the_type_that_both_ends_have(edge, old, new, said):
    lines = TEXT.splitlines()
    number = next(n for n, line in enumerate(lines) if line.strip().startswith(edge))
    lines[number] = lines[number].replace(old, new)
    module, warnings = read("\n".join(lines), B=(4, 5))
    place = f"f.gv:{number + 1}:5: warning: edge {edge}"
    assert warnings == [f"{place} {said}, which alone both ends have"]
    check(module, lambda b: b / 2, B=(4, 5))


def test_a_type_that_could_be_either_is_refused():
    nodes = {**SCALED, 8: "broadcast"}
    edges = ["1 8 cr", "8 7 crd", *EDGES[:-1]]
    with pytest.raises(RduError, match="edge 1 -> 8 has the type 'cr': expected crd, ref, val or"):
        read(dot("X=ss01,B=ss01", nodes, edges), B=(4, 5))


def test_nodes_without_edges_are_left_out():
    text = dot("X=ss01,B=ss01", {**SCALED, 8: "crddrop outer=i inner=j"}, EDGES)
    module, warnings = read(text, B=(4, 5))
    assert warnings == ["f.gv:3:5: warning: node '8' has no edges: left out"]
    check(module, lambda b: b / 2, B=(4, 5))
    with pytest.raises(RduError, match="node '8' has the type 'crddrp', which has no meaning here"):
        read(dot("X=ss01,B=ss01", {**SCALED, 8: "crddrp"}, EDGES), B=(4, 5))


def test_coordinates_that_nobody_gives_values_are_left_out():
    nodes = {**SCALED, 8: "broadcast", 9: write("i", "T", 0), 10: write("j", "T", 1)}
    edges = [*EDGES[:-1], "1 8 crd", "8 7 crd", "8 9 crd", "2 10 crd"]
    module, warnings = read(dot("X=ss01,B=ss01", nodes, edges), B=(4, 5))
    said = "tensor 'T' is written without values: its coordinates are left out"
    assert warnings == [f"f.gv:3:5: warning: {said}"]
    check(module, lambda b: b / 2, B=(4, 5))


def test_values_of_no_tensor_are_those_of_the_only_one():
    text = dot("X=ss01,B=ss01", {**SCALED, 5: "fiberwrite mode=vals"}, EDGES)
    module, warnings = read(text, B=(4, 5))
    assert warnings == []
    check(module, lambda b: b / 2, B=(4, 5))


def test_holds_for_values_hold_each_for_one():
    nodes = {
        1: walk("i", "b", 0, "root"),
        2: "arrayvals tensor=b",
        3: "crdhold outer=i inner=vals vals=true",
        4: values("x"),
        5: write("i", "x", 0),
    }
    edges = ["1 2 ref", "1 3 crd i", "2 3 val vals", "3 5 crd outer-i", "3 4 val inner-vals"]
    module, warnings = read(dot("x=d0,b=s0", nodes, edges), b=(6,))
    assert warnings == []
    check(module, lambda b: b, b=(6,))
    with pytest.raises(RduError, match=r"node '3.val' .broadcast. has no operand"):
        read(dot("x=d0,b=s0", nodes, [*edges[:2], *edges[3:]]), b=(6,))


def test_lookups_that_agree_overrule_the_comment():
    text = dot("X=ss01,B=dd01", SCALED, EDGES)
    module, warnings = read(text, B=(4, 5))
    assert warnings == [
        "f.gv:2:13: warning: tensor 'B' is declared as dense, dense, but all read it as "
        "compressed, compressed: taken so"
    ]
    assert dot_formats(text)["B"] == Format.from_sam("ss01")
    check(module, lambda b: b / 2, B=(4, 5))


def test_lookups_that_differ_are_refused():
    nodes = {
        1: walk("i", "B", 0, "root"),
        2: walk("i", "B", 0, "root", "dense"),
        3: "intersect index=i",
        4: "arrayvals tensor=B",
        5: values("x"),
        6: write("i", "x", 0),
    }
    edges = [
        *("1 3 crd in-B", "1 3 ref in-B", "2 3 crd in-C", "2 3 ref in-C"),
        *("3 4 ref out-B", "3 6 crd", "4 5 val"),
    ]
    with pytest.raises(RduError, match="as dense: expected compressed, as the graph declares"):
        read(dot("x=s0,B=s0", nodes, edges), B=(4,))


PARTS = {
    **{name: node for name, node in SCALED.items() if name != 4},
    10: "fp_mul rb_const=1.4426950408",
    11: "broadcast",
    12: "fgetfint",
    13: "fgetffrac",
    14: "and rb_const=255",
    15: "arrayvals tensor=exp",
    16: "faddiexp",
}
CHAIN = [
    *(edge for edge in EDGES if " 4 " not in edge and not edge.startswith("4 ")),
    *("3 10 val", "10 11 val", "11 12 val", "11 13 val", "13 14 val", "14 15 ref"),
    *("15 16 val fp", "12 16 val exp", "16 5 val"),
]


def exponential(b):
    return np.where(b != 0, np.exp(b), 0)


def test_the_parts_of_an_exponential_are_one():
    module, warnings = read(dot("X=ss01,B=ss01", PARTS, CHAIN), B=(4, 5))
    parts = "'10', '11', '12', '13', '14', '15' and '16'"
    said = f"nodes {parts} are an exponential with a table: taken as exp"
    assert warnings == [f"f.gv:3:5: warning: {said}"]
    check(module, exponential, B=(4, 5))
    whole = {**SCALED, 4: "fp_exp"}
    module, warnings = read(dot("X=ss01,B=ss01", whole, EDGES), B=(4, 5))
    assert warnings == []
    check(module, exponential, B=(4, 5))


def test_without_a_broadcast_they_are_as_well():
    nodes = {name: node for name, node in PARTS.items() if name != 11}
    edges = [edge.replace("11 ", "10 ") for edge in CHAIN if edge != "10 11 val"]
    module, warnings = read(dot("X=ss01,B=ss01", nodes, edges), B=(4, 5))
    assert len(warnings) == 1
    check(module, exponential, B=(4, 5))


@pytest.mark.parametrize(
    ("changed", "edges"),
    [
        ({10: "fp_mul rb_const=2.0"}, []),
        ({10: "fp_mul rb_const=much"}, []),
        ({14: "and rb_const=127"}, []),
        ({8: write("i", "Y", 0), 9: values("Y")}, ["10 9 val"]),
    ],
)
def test_other_parts_are_refused(changed, edges):
    with pytest.raises(RduError) as raised:
        read(dot("X=ss01,B=ss01", {**PARTS, **changed}, [*CHAIN, *edges]), B=(4, 5))
    for kind in ("fgetfint", "fgetffrac", "and", "faddiexp"):
        assert f"has the type '{kind}', which has no meaning here" in raised.value.render()


REDUCED = {
    1: walk("i", "B", 0, "root"),
    2: walk("k", "B", 1),
    3: walk("j", "B", 2),
    4: "crddrop outer=i inner=j",
    5: "arrayvals tensor=B",
    6: "vectorreducer accum_index=j",
    7: values("X"),
    8: write("j", "X", 1),
    9: write("i", "X", 0),
}
OVER = [
    *("1 2 ref", "2 3 ref", "1 4 crd i", "3 4 crd j", "3 5 ref", "5 6 val"),
    *("4 6 crd drop-crd-j-out", "6 7 val", "6 8 crd out-j", "4 9 crd out-i"),
]


@pytest.mark.parametrize("index", ["accum_index=j", "index=j"])
def test_accumulators_take_coordinates_as_the_values_have_them(index):
    """The coordinates went through a drop that passes over a level, the values did not."""
    nodes = {**REDUCED, 6: f"vectorreducer {index}"}
    module, warnings = read(dot("X=ss01,B=sss012", nodes, OVER), B=(3, 4, 5))
    assert warnings == []
    check(module, lambda b: b.sum(1), B=(3, 4, 5))


def test_an_accumulator_needs_the_level_that_it_reduces():
    """The values went through a drop of their own, and no stream has the level around them."""
    nodes = {**REDUCED, 10: "crddrop outer=i inner=j"}
    edges = [edge for edge in OVER if edge != "5 6 val"]
    edges += ["5 10 val j", "1 10 crd i", "10 6 val inner-j"]
    with pytest.raises(RduError, match=r"'6' .vectorreducer. has no reduced: no stream has the"):
        read(dot("X=ss01,B=sss012", nodes, edges), B=(3, 4, 5))


def test_comal_has_drops_of_coordinates_which_values_need_not_follow():
    nodes = {
        **{1: walk("i", "B", 0, "root"), 2: walk("j", "B", 1), 3: "arrayvals tensor=B"},
        **{4: "crddrop outer=i inner=j", 5: values("X"), 6: write("j", "X", 1)},
        7: write("i", "X", 0),
    }
    edges = [
        *("1 2 ref", "2 3 ref", "3 5 val", "1 4 crd i", "2 4 crd j", "4 6 crd inner-j"),
        "4 7 crd outer-i",
    ]
    module, _ = read(
        dot("X=ss01,B=ds01", {**nodes, 1: walk("i", "B", 0, "root", "dense")}, edges), B=(4, 5)
    )
    assert str(module).count('"sam.crd_drop"') == 2  # the values follow
    again = read_tortilla(write_tortilla(module))
    assert write_tortilla(again) == write_tortilla(module)
    check(again, lambda b: b, B=(4, 5))


def test_comal_has_no_drops_of_values_for_reductions():
    nodes = {
        **{1: walk("i", "B", 0, "root", "dense"), 2: walk("j", "B", 1), 3: "arrayvals tensor=B"},
        **{4: "crddrop outer=i inner=j", 5: "reduce", 6: values("x"), 7: write("i", "x", 0)},
    }
    edges = ["1 2 ref", "2 3 ref", "1 4 crd i", "3 4 val inner-j", "4 5 val inner-j"]
    module, _ = read(dot("x=s0,B=ds01", nodes, [*edges, "5 6 val", "4 7 crd outer-i"]), B=(4, 5))
    check(module, lambda b: b.sum(1), B=(4, 5))
    with pytest.raises(RduError, match=r"'sam.crd_drop' of values has no counterpart in tortilla"):
        write_tortilla(module)
