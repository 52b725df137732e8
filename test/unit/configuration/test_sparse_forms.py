"""Every sparse primitive of the table: its text, and what the verifier says of its ports."""

from dataclasses import replace

import pytest
from sparse_contexts import (
    EVERY,
    EXTENT,
    FORMS,
    INDICES,
    VALUES,
    action_of,
    context_of,
    program_of,
    sizes,
)
from test_configuration_forms import program_with, said_of
from test_configuration_grammar import grammar_accepts

from rdu.configuration import parse, print_program, verify
from rdu.configuration.model import (
    ROOT,
    UNUSED,
    Context,
    Memory,
    Port,
    Program,
    Section,
    Sparse,
    Storage,
    Unit,
)
from rdu.configuration.sparse import (
    CHOICES,
    STORAGES,
    Form,
    group_size,
    roles,
    setting_names,
    setting_range,
    words,
)
from rdu.targets import load_machine

IDEAL = load_machine("sam-ideal")


def said(program: Program) -> list[str]:
    """What is said of a program besides that nothing is connected."""
    messages = [finding.message for finding in verify(program, IDEAL)]
    return [message for message in messages if not message.endswith("expected a net, got none")]


@pytest.mark.parametrize(("word", "size", "kind"), EVERY)
def test_every_primitive_is_read_as_it_is_printed(word: str, size: int, kind: str | None) -> None:
    program = program_of(context_of(action_of(word, size, kind), size))
    text = print_program(program)
    assert parse(text) == program
    assert grammar_accepts(text)


@pytest.mark.parametrize(("word", "size", "kind"), EVERY)
def test_every_primitive_is_accepted_as_it_is_declared(
    word: str, size: int, kind: str | None
) -> None:
    assert said(program_of(context_of(action_of(word, size, kind), size))) == []


IN_MEMORY = [
    (word, size, kind)
    for word in words("pmu")
    for size in sizes(word)
    for kind in FORMS[word].storages
]


@pytest.mark.parametrize(("word", "size", "kind"), IN_MEMORY)
def test_storage_may_be_memories(word: str, size: int, kind: str) -> None:
    action = action_of(word, size, kind)
    assert action.storage is not None
    parts = tuple(
        part.removeprefix("t.") if isinstance(part, str) else part for part in action.storage.parts
    )
    action = replace(action, storage=Storage(kind, parts))
    memories = tuple(
        Memory(name, VALUES if kind == "values" else "i32", EXTENT) for name in action.tensors
    )
    context = context_of(action, size)
    owned = replace(
        context,
        inputs=(*context.inputs, Port("ready", "control", None, "pass")),
        outputs=(*context.outputs, Port("done", "control", None, "pass")),
    )
    unit = Unit("pmu", "u", None, memories, (owned,))
    program = Program("sam-ideal", None, (), (Section("s", (), (unit,), ()),), ())
    assert parse(print_program(program)) == program
    unread = "is read but never written: expected a writer, got none"
    assert [message for message in said(program) if not message.endswith(unread)] == []
    others = replace(unit, memories=())
    sections = (replace(program.sections[0], units=(others,)),)
    unknown = said(replace(program, sections=sections))
    for name in action.tensors:
        assert f"unknown memory '{name}': expected a declared memory, got '{name}'" in unknown


def without_last_input(context: Context) -> Context:
    action = context.action
    assert isinstance(action, Sparse)
    return replace(
        context,
        inputs=context.inputs[:-1],
        action=replace(action, inputs=action.inputs[:-1], outputs=(*action.outputs, UNUSED)),
    )


@pytest.mark.parametrize(("word", "size", "kind"), EVERY)
def test_faults_of_every_primitive(word: str, size: int, kind: str | None) -> None:
    action = action_of(word, size, kind)
    context = context_of(action, size)
    odd = Storage("odd", ("t.odd",))
    for changed, start in (
        (without_last_input(context), f"'{word}' has the wrong number of ports: expected "),
        (replace(context, action=replace(action, storage=odd)), f"'{word}' has the wrong storage"),
        (
            replace(context, action=replace(action, settings=(("odd", 1),))),
            f"'{word}' has the wrong settings: expected ",
        ),
    ):
        assert any(message.startswith(start) for message in said(program_of(changed))), start


@pytest.mark.parametrize(("word", "size", "kind"), EVERY)
def test_every_index_is_an_i32(word: str, size: int, kind: str | None) -> None:
    context = context_of(action_of(word, size, kind), size)
    parts = roles(FORMS[word].inputs, size)
    for number, role in enumerate(parts):
        ports = list(context.inputs)
        ports[number] = replace(ports[number], dtype="bf16")
        found = said(program_of(replace(context, inputs=tuple(ports))))
        wanted = f"port 'a{number}' does not suit '{word}': expected i32, got bf16"
        assert wanted in found or role not in INDICES
        assert bool(found) is (role != "any")


@pytest.mark.parametrize(("word", "form"), FORMS.items())
def test_declarations_are_sound(word: str, form: Form) -> None:
    assert form.summary
    assert set(form.storages) <= set(STORAGES)
    assert form.function in (None, "operation", "reduction", *CHOICES)
    for size in (1, 2, 5):
        ports = len(roles(form.inputs, size)), len(roles(form.outputs, size))
        assert group_size(form, *ports) in (1, size)
        assert all(low <= high for low, high in map(setting_range, setting_names(form, size)))
    assert group_size(form, 0) is None


@pytest.mark.parametrize("names", CHOICES.values())
def test_names_of_functions_are_in_order(names: tuple[str, ...]) -> None:
    assert list(names) == sorted(names)


@pytest.mark.parametrize(
    ("line", "action"),
    [
        ("lookup root of dense(4) -> _ r",
         Sparse("lookup", (ROOT,), (UNUSED, "r"), storage=Storage("dense", (4,)))),
        ("lookup r of compressed(0.seg, B.crd) -> c r2",
         Sparse("lookup", ("r",), ("c", "r2"), storage=Storage("compressed", ("0.seg", "B.crd")))),
        ("apply addf v -inf -> w", Sparse("apply", ("v", float("-inf")), ("w",), "addf")),
        ("apply addi v -2", Sparse("apply", ("v", -2), (), "addi")),
        ("reduce addf v root -> t", Sparse("reduce", ("v", ROOT), ("t",), "addf")),
        ("write_values v c of values(y)",
         Sparse("write_values", ("v", "c"), (), storage=Storage("values", ("y",)))),
        ("union i j p q with width 4, offset -1 -> k",
         Sparse("union", ("i", "j", "p", "q"), ("k",), settings=(("width", 4), ("offset", -1)))),
        ("array of of of(of) -> of",
         Sparse("array", ("of",), ("of",), storage=Storage("of", ("of",)))),
        ("apply reduce a", Sparse("apply", ("a",), (), "reduce")),
    ],
)  # fmt: skip
def test_lines(line: str, action: Sparse) -> None:
    text = program_with(line)
    assert parse(text).sections[0].units[0].contexts[0].action == action
    assert grammar_accepts(text)
    assert line in print_program(parse(text))


@pytest.mark.parametrize(
    "line", ["lookup = addf a b", "apply <- v", "reduce = reduce addf a over k", "union <-v"]
)
def test_a_primitive_is_a_name_where_a_stage_begins(line: str) -> None:
    assert line.replace("<-v", "<- v") in print_program(parse(program_with(line)))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("lookup", "7:7: error: malformed 'lookup' line: expected an input, got end of line"),
        ("lookup of dense(4)", "expected an input, got '('"),
        ("lookup 0 of dense(4)", "expected an input, got '0'"),
        ("lookup r of dense", "expected '(', got end of line"),
        ("lookup r of dense()", "expected a formal name or an extent, got ')'"),
        ("lookup r of dense(4", "expected ',' or ')', got end of line"),
        ("lookup r of dense(-4)", "expected a formal name or an extent, got '-'"),
        ("lookup r of dense(4) ->", "expected an output, got end of line"),
        ("lookup r -> c of dense(4)", "expected an output, got '('"),
        ("lookup r with dense", "expected a whole number, got end of line"),
        ("lookup r with width 1.5", "expected a whole number, got '1.5'"),
        (
            "lookup r with width 1 of dense(4)",
            "expected ',', '->' or end of line, got 'of'",
        ),
        ("apply", "expected a function, got end of line"),
        ("apply 2.0 v", "expected a function, got '2.0'"),
        ("apply addf", "expected an operand, got end of line"),
        ("lookups r -> c", "unknown statement 'lookups' in a context"),
        (
            "lookup r -> c\narray r -> v",
            "6:1: error: context 'c' does more than one thing: expected one access, stream "
            "primitive or computation, got lookup and array",
        ),
    ],
)
def test_what_was_expected_of_a_primitive_is_said(line: str, message: str) -> None:
    assert message in said_of(program_with(line))


def printed(action: Sparse) -> str:
    unit = Unit("pcu", "u", None, (), (Context("c", (), (), (), action),))
    return print_program(Program("m-x", None, (), (Section("s", (), (unit,), ()),), ()))


@pytest.mark.parametrize(
    "action",
    [
        Sparse("array", (), ("v",)),
        Sparse("array", ("x", "of"), ("v",)),
        Sparse("apply", ("x", "with"), ("v",), "addf"),
        Sparse("array", ("x",), ("v",), "addf"),
        Sparse("apply", ("x",), ("v",)),
        Sparse("array", (2,), ("v",)),
        Sparse("array", ("x",), ("v",), storage=Storage("values", ())),
    ],
)
def test_a_primitive_that_no_text_says_is_not_printed(action: Sparse) -> None:
    with pytest.raises(ValueError, match="no text says"):
        printed(action)


@pytest.mark.parametrize("machine", ["m-", "-m", "m--x", "m-2", "m x", ""])
def test_a_machine_has_words_with_dashes_between(machine: str) -> None:
    text = f"rdu 1\nmachine {machine}\nhost {{\n}}\n"
    assert not grammar_accepts(text)
    assert "f:2:" in said_of(text)
    with pytest.raises(ValueError, match="is no name"):
        print_program(Program(machine, None, (), (), ()))
