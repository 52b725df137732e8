"""Every form of a statement: what it says in the model, and what is said of it misspelt."""

import math
from pathlib import Path

import pytest

from rdu.configuration import ConfigurationError, parse, print_program
from rdu.configuration.forms import GROUPS
from rdu.configuration.model import (
    Action,
    Affine,
    Comparison,
    Compute,
    Condition,
    Context,
    Counter,
    Drive,
    Edge,
    Endpoint,
    Holds,
    Memory,
    Net,
    Operation,
    Port,
    Program,
    Read,
    Route,
    Section,
    Sink,
    Unit,
    Update,
)
from rdu.configuration.primitives import FORMS as PRIMITIVES
from rdu.configuration.sparse import FORMS as SPARSE_PRIMITIVES

FORMS = Path(__file__).with_name("forms.txt")
K, N = Affine(0, (("k", 1),)), Affine(0, (("n", 1),))


def program_with(context: str = "", *, memory: str = "", sink: str = "") -> str:
    return (
        f"rdu 1\nmachine m\nsection s() {{\npcu u {{\n{memory}\ncontext c {{\n{context}\n}}\n}}\n"
        f"net n vector a.b.c {{\n{sink}\n}}\n}}\nhost {{\n}}\n"
    )


def context_of(text: str) -> Context:
    return parse(program_with(text)).sections[0].units[0].contexts[0]


def said_of(text: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        parse(text, "f")
    return caught.value.render()


def test_forms_are_printed_as_they_were_written() -> None:
    text = FORMS.read_text()
    printed = print_program(parse(text)).replace("\n", " ").split()
    assert (
        printed
        == text.replace("<-3", "< -3").replace("1.5e-3", "0.0015").replace("\n", " ").split()
    )


@pytest.mark.parametrize(
    ("line", "counter"),
    [
        ("count k 0..n", Counter("k", 0, "n")),
        ("count k a..b step 2 par 16", Counter("k", "a", "b", 2, 16)),
        ("count k -3..until", Counter("k", -3, "until")),
        ("count k until..until", Counter("k", "until", "until")),
        ("count k until .. 4", Counter("k", "until", 4)),
        ("count k until a", Counter("k", 0, 0, until="a")),
        ("count until until until", Counter("until", 0, 0, until="until")),
    ],
)
def test_counters(line: str, counter: Counter) -> None:
    assert context_of(line).counters == (counter,)


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("first k", Edge("first", "k")),
        ("last first", Edge("last", "first")),
        ("p", Holds("p")),
        ("not p", Holds("p", negated=True)),
        ("first", Holds("first")),
        ("not", Holds("not")),
        ("else", Holds("else")),
        ("k < n", Comparison(K, "<", N)),
        ("k <-1", Comparison(K, "<", Affine(-1))),
        ("0 != k", Comparison(Affine(0), "!=", K)),
        ("k + n >= 3*k - 2",
         Comparison(Affine(0, (("n", 1), ("k", 1))), ">=", Affine(-2, (("k", 3),)))),
        ("last == first", Comparison(Affine(0, (("last", 1),)), "==", Affine(0, (("first", 1),)))),
    ],
)  # fmt: skip
def test_conditions(text: str, condition: Condition) -> None:
    chain = "count n 0..4\ncount k 0..4\n"
    context = context_of(
        f"{chain}in x : vector f32 @k when {text} else -1.5\nin go : control @k when {text}\n"
        f"out y : stream scalar i32 @pass when {text}"
    )
    assert context.inputs == (
        Port("x", "vector", "f32", "k", when=condition, default=-1.5),
        Port("go", "control", None, "k", when=condition),
    )
    assert context.outputs == (Port("y", "scalar", "i32", "pass", stream=True, when=condition),)


@pytest.mark.parametrize(
    ("text", "value"),
    [("0", 0), ("-7", -7), ("1.0", 1.0), ("-inf", -math.inf), ("nan", math.nan), ("true", True)],
)
def test_the_spelling_of_a_constant_is_its_type(text: str, value: object) -> None:
    (port,) = context_of(f"in x : vector f32 @pass when p else {text}").inputs
    assert type(port.default) is type(value)
    assert repr(port.default) == repr(value)


@pytest.mark.parametrize(
    ("line", "action"),
    [
        ("read m[k] buffer @n back n - 1 -> y",
         Read("m", K, "n", "y", Affine(-1, (("n", 1),)))),
        ("read m[x + k + n + 1] buffer @n -> y",
         Read("m", Affine(1, (("n", 1), ("k", 1), ("x", 1))), "n", "y")),
        ("update m[k] buffer @pass addi <- x", Update("m", K, "pass", "addi", "x")),
        ("update m[k] buffer @n addf <- x -> y", Update("m", K, "n", "addf", "x", "y")),
        ("filter x by p -> y", Route("filter", ("x",), ("y",), "p")),
        ("partition x by w -> y z", Route("partition", ("x",), ("y", "z"), "w")),
        ("merge x by -> y", Route("merge", ("x", "by"), ("y",))),
        ("merge x -> source source z", Route("merge", ("x",), ("source",), source="z")),
        ("reassemble by x by w -> y", Route("reassemble", ("by", "x"), ("y",), "w")),
        ("compact x -> y", Route("compact", ("x",), ("y",))),
    ],
)  # fmt: skip
def test_actions(line: str, action: Action) -> None:
    chain = "count n 0..4\ncount k 0..4\nin x : scalar i32 @n\n"
    assert context_of(chain + line).action == action


def test_a_systolic_array_is_an_operation_over_a_counter() -> None:
    found = context_of("y = systolic a b over k\nsystolic = addf y 1.0\no <- systolic").action
    operations = (
        Operation("y", "systolic", ("a", "b"), "k"),
        Operation("systolic", "addf", ("y", 1.0)),
    )
    assert found == Compute(operations, (Drive("o", "systolic"),))


def test_passes_memories_and_channels() -> None:
    assert context_of("repeat forever").repeat is None
    text = program_with(
        memory="memory m : f32 words 64 buffers 2 skew 8\nmemory n : i32 words 4 skew 0",
        sink="to a.b.c capacity 4 discard\nto a.b.d capacity inf dynamic\n"
        "to a.b.e capacity 4 init 2 discard dynamic vc 3",
    )
    section = parse(text).sections[0]
    first, second = section.units[0].memories
    assert (first, second) == (Memory("m", "f32", 64, 2, 8), Memory("n", "i32", 4, 1, 0))
    assert [(s.capacity, s.init, s.discard, s.virtual_channel) for s in section.nets[0].sinks] == [
        (4, 0, True, None),
        (None, 0, False, 0),
        (4, 2, True, 3),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "update = addf x y",
        "filter <- x",
        "merge = systolic a b over k",
        "by = select else not when",
    ],
)
def test_a_line_that_goes_on_as_a_stage_is_one(line: str) -> None:
    assert line in print_program(parse(program_with(line)))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("repeat ever", "7:8: error: malformed 'repeat' line: expected a number of passes or "
         "'forever', got 'ever'"),
        ("count i 0..4 stp 2", "7:14: error: malformed 'count' line: expected 'step', 'par' or end "
         "of line, got 'stp'"),
        ("count i until 5", "expected a stream input, got '5'"),
        ("count i until a par 4", "expected end of line, got 'par'"),
        ("count i a..", "expected the value behind the last, got end of line"),
        ("in a : streem vector f32 @k", "expected 'stream', 'vector', 'scalar' or 'control', got "
         "'streem'\nhint: did you mean 'stream'?"),
        ("in a : stream control @k", "expected 'vector' or 'scalar', got 'control'"),
        ("in a : control @k if p", "expected 'when' or end of line, got 'if'"),
        ("in a : control @k when", "expected a condition, got end of line"),
        ("in a : control @k when (k < 3)", "expected a condition, got '('"),
        ("in a : control @k when firs k", "expected 'not', 'first' or 'last', got 'firs'\n"
         "hint: did you mean 'first'?"),
        ("in a : control @k when p els 0", "expected 'else' or end of line, got 'els'\n"
         "hint: did you mean 'else'?"),
        ("in a : control @k when k = 3", "expected '<', '<=', '==', '!=', '>' or '>=', got '='"),
        ("in a : control @k when k < 3 < 4", "expected 'else' or end of line, got '<'"),
        ("in a : vector f32 @k when p else x", "expected a constant, got 'x'"),
        ("in a : vector f32 @k when p else -true", "expected a number, got 'true'"),
        ("out a : vector f32 @k when p else 0.0", "expected end of line, got 'else'"),
        ("read m[k] buffer @k bac 1 -> x", "expected 'back' or '->', got 'bac'\n"
         "hint: did you mean 'back'?"),
        ("update m[k] buffer @k <- x", "expected an operation, got '<-'"),
        ("update m[k] buffer @k addi -> x", "expected '<-', got '->'"),
        ("filter x -> y", "expected 'by', got '->'"),
        ("filter x by p -> y z", "expected end of line, got 'z'"),
        ("partition x by w ->", "expected an output, got end of line"),
        ("merge x, y -> z", "expected an input or '->', got ','"),
        ("merge x -> y z", "expected 'source' or end of line, got 'z'"),
        ("reassemble x w -> y", "expected an input or 'by', got '->'"),
        ("compact x y", "expected '->', got 'y'"),
        ("filtr x by p -> y", "hint: did you mean 'filter'?"),
        ("y = systolic a b", "expected 'over', got end of line"),
        ("y = addf a over k", "expected an operand, got 'over'\n"
         "hint: only 'reduce' and 'systolic' go over a counter"),
        ("merge x -> y\ncompact y -> z", "6:1: error: context 'c' does more than one thing: "
         "expected one access, stream primitive or computation, got merge and compact"),
    ],
)  # fmt: skip
def test_what_was_expected_of_a_context_is_said(line: str, message: str) -> None:
    assert message in said_of(program_with(line))


@pytest.mark.parametrize(
    ("sink", "message"),
    [
        ("discarded", "expected 'init', 'discard', 'via', 'dynamic' or end of line, got "
         "'discarded'\nhint: did you mean 'discard'?"),
        ("discard init 3", "expected 'via', 'dynamic' or end of line, got 'init'"),
        ("dynamic via (0, 0)", "expected 'vc' or end of line, got 'via'"),
        ("via (0, 0) dynamic", "expected end of line, got 'dynamic'"),
        ("dynamic vc", "expected a virtual channel, got end of line"),
    ],
)  # fmt: skip
def test_what_was_expected_of_a_channel_is_said(sink: str, message: str) -> None:
    assert message in said_of(program_with(sink=f"to a.b.c capacity 4 {sink}"))


def test_what_was_expected_of_a_memory_is_said() -> None:
    text = program_with(memory="memory m : f32 words 4 skew 4 buffers 2")
    assert "expected end of line, got 'buffers'" in said_of(text)


def printed(context: Context) -> str:
    unit = Unit("pcu", "u", None, (), (context,))
    return print_program(Program("m", None, (), (Section("s", (), (unit,), ()),), ()))


@pytest.mark.parametrize(
    "action",
    [
        Route("filter", ("x", "y"), ("z",), "p"),
        Route("filter", ("x",), ("z",)),
        Route("compact", ("x",), ("y", "z")),
        Route("merge", (), ("y",)),
        Route("compact", ("x",), ("y",), source="z"),
        Route("reassemble", ("x", "by"), ("y",), "w"),
    ],
)
def test_a_primitive_with_other_ports_is_not_printed(action: Route) -> None:
    with pytest.raises(ValueError, match="has other ports"):
        printed(Context("c", (), (), (), action))


@pytest.mark.parametrize("condition", [Edge("first", "else"), Holds("else", negated=True)])
def test_a_condition_on_else_is_not_printed(condition: Condition) -> None:
    port = Port("x", "control", None, "pass", when=condition)
    with pytest.raises(ValueError, match="'else' ends a condition"):
        printed(Context("c", (), (port,), (), Route("compact", ("x",), ("y",))))


def test_a_channel_takes_one_way() -> None:
    sink = Sink(Endpoint("a", "b", "c"), 4, route=((0, 0),), virtual_channel=1)
    net = Net("n", "vector", Endpoint("d", "e", "f"), (sink,))
    with pytest.raises(ValueError, match="two ways"):
        print_program(Program("m", None, (), (Section("s", (), (), (net,)),), ()))


EXAMPLES = [example for group in GROUPS for example, _ in group.forms]


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_examples_of_the_page_are_canonical(example: str) -> None:
    place = {"memory": "memory", "to": "sink"}.get(example.split()[0], "context")
    assert example in print_program(parse(program_with(**{place: example})))


def test_every_primitive_has_an_example() -> None:
    assert {example.split()[0] for example in EXAMPLES} >= {*PRIMITIVES, *SPARSE_PRIMITIVES}
