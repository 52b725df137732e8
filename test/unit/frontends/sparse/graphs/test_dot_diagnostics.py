"""What is said of dot files that are wrong: everything, each at its line and column."""

import pytest
from sam_graphs import CASES
from sam_kernels import KERNELS
from sam_text import Graph

from rdu.frontends.sparse.graphs import read_dot, write_dot, write_tortilla
from rdu.mlir_ext.context import make_context, parse
from rdu.support.diagnostics import RduError

RESIDUAL = CASES["residual"].text
SHAPES = {"b": (3,), "C": (3, 4), "d": (4,)}


def refused(text, **shapes):
    with pytest.raises(RduError) as raised:
        read_dot(text, "f.gv", shapes=SHAPES | shapes)
    return raised.value.render().splitlines()


def changed(*pairs):
    text = RESIDUAL
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("graph G {}", ["f.gv:1:1: error: expected 'digraph', got 'graph'"]),
        ("digraph {", ["f.gv:1:10: error: expected '}', got end of file"]),
        (
            'digraph {\n a [type=mul\n b -> \n "x',
            [
                "f.gv:4:2: error: string has no end",
                "f.gv:3:4: error: expected '=', got '->'",
                "f.gv:4:4: error: expected '}', got end of file",
            ],
        ),
        ("digraph {\n %\n}", ["f.gv:2:2: error: character '%' has no meaning"]),
        ("digraph { /* x\n}", ["f.gv:1:11: error: comment has no end"]),
        ("digraph { } x", ["f.gv:1:13: error: expected end of file, got 'x'"]),
        (
            "digraph { a [type=a",
            ["f.gv:1:20: error: expected an attribute or ']', got end of file"],
        ),
        ("digraph { a }", ["f.gv:1:11: error: node 'a' has no type: expected an attribute 'type'"]),
    ],
)
def test_texts_that_are_no_dot(text, messages):
    lines = refused(text)
    assert [message for message in messages if message not in lines] == []


def test_every_mistake_of_a_text_is_listed():
    lines = refused("digraph {\n c [type 3]\n subgraph { }\n d ->\n e [type=mul]\n}\n")
    assert lines[:2] == [
        "f.gv:2:10: error: expected '=', got '3'",
        "f.gv:3:2: error: subgraphs are not read: expected nodes and edges",
    ]


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        (
            changed(('type="mul"', 'type="and"'), ('comment="in-C"', 'comment="in-Q"')),
            [
                "f.gv:13:5: error: node '13' has the type 'and', which has no meaning here",
                "f.gv:48:5: error: edge 10 -> 11 names 'C' at node '10': expected one of its "
                "sides, 'Q', 'd'",
            ],
        ),
        (
            changed(('7 -> 8 [label="repsig" style=dashed type="repsig"', '7 -> 11 [type="sig"')),
            ["f.gv:54:5: error: edge 7 -> 11 has the type 'sig': expected crd, ref, val or repsig"],
        ),
        (
            changed(("d=s0", "d=x0")),
            [
                "f.gv:2:13: error: tensor 'd': format 'x0': expected letters 's' and 'd', then "
                "digits"
            ],
        ),
        (
            changed(("7 -> 8", "7 -> 99")),
            ["f.gv:54:5: error: edge 7 -> 99 names node '99', which is not in the file"],
        ),
        (
            changed(('tensor="C" mode="1"', 'tensor="C" mode="7"')),
            [
                "f.gv:28:5: error: node '5' (fiberlookup) reads dimension 7 of tensor 'C': "
                "expected 0 or 1"
            ],
        ),
        (
            changed(('tensor="C" mode="1"', 'tensor="C" mode="one"')),
            ["f.gv:28:5: error: node '5' (fiberlookup) has mode 'one': expected a whole number"],
        ),
        (
            changed(('tensor="C" mode="1"', 'tensor="b" mode="0"')),
            [
                "f.gv:28:5: error: node '5' (fiberlookup) reads tensor 'b' by references out of "
                "level 0 of tensor 'C': expected references to the root"
            ],
        ),
        (
            changed(("    14 -> 15 [", "    15 -> 14 [")),
            [
                "f.gv:11:5: error: node '14' (reduce) has 2 streams as values: expected one",
                "f.gv:9:5: error: node '15' (add) has no rhs: expected a stream",
            ],
        ),
        (
            changed(("    13 -> 14 [", "    15 -> 14 [")),
            ["f.gv:9:5: error: there is a cycle of node '15' (add), node '14' (reduce)"],
        ),
        (
            changed(("    15 -> 17 [", "    13 -> 17 [")),
            ["f.gv:5:5: error: the graph writes levels [0], for values 2 deep: expected each of"],
        ),
        (
            changed(('comment="in-j"', 'comment="in-k"')),
            ["f.gv:40:5: error: edge 10 -> 16 names 'k' at node '16': expected 'i' or 'j'"],
        ),
        (
            changed(('11 -> 13 [label="val" style=dashed type="val"', '11 -> 13 [type="crd"')),
            ["f.gv:46:5: error: edge 11 -> 13 is 'crd', but node '11' (arrayvals) sends val"],
        ),
    ],
)
def test_graphs_that_do_not_fit(text, messages):
    lines = "\n".join(refused(text))
    for message in messages:
        assert message in lines


def test_shapes_have_to_be_known_and_to_fit():
    with pytest.raises(RduError) as raised:
        read_dot(RESIDUAL, "f.gv", shapes={"b": (3,), "C": (3, 4, 2)})
    assert raised.value.render().splitlines() == [
        "f.gv: error: tensor 'C' has 3 dimensions: expected 2 dimensions, as its format has",
        "f.gv: error: tensor 'd' has no shape in the file",
        "hint: give one, such as d=4",
    ]
    place = "f.gv:19:5: error: node '10' (intersect)"
    assert refused(RESIDUAL, d=(5,)) == [f"{place} joins coordinates of extents 4 and 5"]
    assert refused(RESIDUAL, x=(4,)) == [
        "f.gv: error: result 'x' has the shape 4: expected 3, as its coordinates have"
    ]


def test_attributes_in_other_ways():
    """Defaults, chains, comments, separators and names as Graphviz has them."""
    text = """strict digraph "a b" { // no wonder
      graph [comment="x=s0,b=s0", shapes="b=4"; element=i32];
      node [shape=box] edge [type="crd"]
      3 [type=fiberlookup tensor=b mode=0 format=compressed root=true];
      /* twice */ 3 [index="i"]
      # 9 -> 9
      n [type=broadcast]; 1 [type=fiberwrite, tensor=x, mode=0]
      2 [type=arrayvals tensor=b] 0 [type=fiberwrite tensor=x mode=vals]
      3 -> n -> 1
      3 -> 2 [type=ref] 2 -> 0 [type=val]
    }"""
    module = read_dot(text)
    assert "tensor<4xi32>" in str(module)
    assert read_dot(write_dot(module)).operation.verify()


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        ('shapes="b=4x-1"', "shape '4x-1' of tensor 'b': expected one such as 4x5"),
        ('shapes="b"', "'b' says nothing of a tensor: expected name=..."),
        ('comment="x=s0,b=s0,b=s0"', "tensor 'b' is there twice: expected once"),
        ('element="f64"', "values are 'f64': expected f32 or bf16 or i32"),
    ],
)
def test_declarations_that_are_wrong(attributes, message):
    name = attributes.partition("=")[0]
    assert (
        refused(f"digraph {{\n {attributes}\n}}")[0] == f"f.gv:2:{len(name) + 3}: error: {message}"
    )


def test_modules_that_hold_anything_else():
    """Every op that SAM has no word for is listed, at its line."""
    g = Graph((3,), {"B": ((3,), ["compressed"]), "C": ((3,), ["bitvector"])})
    crd, ref = g.lookup(g.B, 0, g.root)
    numbers = g.op("gen_ref", [crd], ["ref:1"])
    g.op("bv_build", [crd], ["bv:1"])
    text = g.finish([crd], g.unary("exp", g.load(g.B, ref)))
    assert numbers
    with pytest.raises(RduError) as raised:
        write_dot(parse(text, make_context(), source_name="a.mlir"))
    lines = [line.partition("error: ")[2] for line in raised.value.render().splitlines()]
    assert lines == [
        "tensor 'C' has a level 'bitvector': expected 'dense' or 'compressed'",
        "'sam.gen_ref' has no counterpart there",
        "'sam.bv_build' has no counterpart there",
    ]
    empty = parse("func.func @main() { return }", make_context(), source_name="a.mlir")
    with pytest.raises(RduError, match=r"a.mlir:1:1: error: the function does not just return"):
        write_dot(empty)
    with pytest.raises(RduError, match="there are 0 functions: expected one, with a body"):
        write_dot(parse("module {}", make_context(), source_name="a.mlir"))


NEWER = """
func.func @rows(%i: tensor<3xi32>, %b: tensor<4xf32>) -> tensor<3xf32> {
  %x = "sam.graph"() ({
    %I = "sam.bind"(%i) : (tensor<3xi32>) -> !vector3
    %B = "sam.bind"(%b) : (tensor<4xf32>) -> !vector4
    %root = "sam.root"() : () -> !sam.stream<"ref", 0 : i64>
    %n, %rn = "sam.fiber_lookup"(%I, %root) {level = 0}
      : (!vector3, !sam.stream<"ref", 0 : i64>) -> (!crd1, !ref1)
    %v = "sam.array"(%I, %rn) : (!vector3, !ref1) -> !int1
    %c = "sam.as_crd"(%v) {below = 4} : (!int1) -> !crd1
    %r = "sam.locate"(%B, %c, %root) {level = 0}
      : (!vector4, !crd1, !sam.stream<"ref", 0 : i64>) -> !ref1
    %w = "sam.array"(%B, %r) : (!vector4, !ref1) -> !val1
    %p, %s, %o = "sam.sort"(%n, %w) {order = "descending"}
      : (!crd1, !val1) -> (!crd1, !val1, !crd1)
    %m = "sam.unary"(%s) {constant = 0.5, function = "gt"} : (!val1) -> !mask1
    %t = "sam.select"(%m, %s) {operandSegmentSizes = array<i32: 1, 1, 0>, other_constant = 0.5}
      : (!mask1, !val1) -> !val1
    "sam.fiber_write"(%p) {level = 0} : (!crd1) -> ()
    "sam.yield"(%t) : (!val1) -> ()
  }) : () -> tensor<3xf32>
  return %x : tensor<3xf32>
}
"""
TYPES = """
!vector3 = !sam.tensor<tensor<3xi32>, ["dense"], array<i64: 0>>
!vector4 = !sam.tensor<tensor<4xf32>, ["dense"], array<i64: 0>>
!crd1 = !sam.stream<"crd", 1 : i64>
!ref1 = !sam.stream<"ref", 1 : i64>
!val1 = !sam.stream<"val", 1 : i64>
!int1 = !sam.stream<i32, 1 : i64>
!mask1 = !sam.stream<i1, 1 : i64>
"""


@pytest.mark.parametrize("write", [write_dot, write_tortilla])
def test_what_neither_sam_nor_comal_has(write):
    """Values as coordinates, sorts and selections are the dialect's own."""
    with pytest.raises(RduError) as raised:
        write(parse(TYPES + NEWER, make_context(), source_name="a.mlir"))
    line = len(TYPES.splitlines())
    assert raised.value.render().splitlines() == [
        f"a.mlir:{line + 10}:10: error: 'sam.as_crd' has no counterpart there",
        f"a.mlir:{line + 14}:18: error: 'sam.sort' has no counterpart there",
        f"a.mlir:{line + 17}:10: error: 'sam.select' has no counterpart there",
    ]


def test_reductions_that_sam_has_not():
    build, _, _ = KERNELS["spmv"]
    text = build(3, 4).replace('function = "add"', 'function = "max"')
    with pytest.raises(RduError, match=r"'sam.reduce' of 'max' has no counterpart in SAM's graphs"):
        write_dot(parse(text, make_context()))
