"""Reading and printing: what a text says, its canonical form, and every mistake in it."""

import math
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from rdu.configuration import ConfigurationError, parse, print_program, read, write
from rdu.configuration.constants import f32_text, to_f32
from rdu.configuration.model import Affine, Compute, Operation, Read, Sink, Source, Span
from rdu.support.diagnostics import RduError

ROOT = Path(__file__).parents[3]
GEMM = ROOT / "examples" / "configurations" / "gemm.rdu"
PLACED = Path(__file__).with_name("placed.rdu")


def program_with(*context_lines: str) -> str:
    body = "\n".join(context_lines)
    head = "rdu 1\nmachine m\nsection s() {\npcu u {\ncontext c {\n"
    return f"{head}{body}\n}}\n}}\n}}\nhost {{\n}}\n"


def action_of(*context_lines: str) -> object:
    program = parse(program_with(*context_lines))
    return program.sections[0].units[0].contexts[0].action


def test_gemm_prints_as_it_was_written() -> None:
    text = GEMM.read_text()
    lines = [line for line in text.splitlines(keepends=True) if not line.startswith("//")]
    assert print_program(read(GEMM)) == "".join(lines)


@pytest.mark.parametrize("path", [GEMM, PLACED], ids=lambda path: path.stem)
def test_printing_is_the_inverse_of_parsing(path: Path, tmp_path: Path) -> None:
    program = read(path)
    write(tmp_path / "out.rdu", program)
    assert read(tmp_path / "out.rdu") == program
    assert print_program(parse(print_program(program))) == print_program(program)


def test_spacing_comments_and_defaults_do_not_matter() -> None:
    text = PLACED.read_text()
    loose = text.replace("  ", "\t ").replace("\n", "  // note\r\n\n").replace(" : ", ":")
    loose = loose.replace("par 16", "step 1 par 16").replace("(2, -1)", "( 2,-1 )")
    assert parse(loose) == parse(text)


def test_spans_and_sources_are_kept() -> None:
    program = read(PLACED)
    assert program.file == str(PLACED)
    unit = program.sections[0].units[1]
    context = unit.contexts[0]
    assert unit.span == Span(15, 3)
    assert context.source == Source("model.py", 7)
    assert isinstance(context.action, Compute)
    assert context.action.operations[0].span == Span(20, 7)
    assert program.sections[0].nets[1].sinks[0].route == ((3, 2), (4, 2), (5, 2), (5, 1), (5, 0))


def test_loading_the_room_loads_nothing_heavy() -> None:
    code = (
        "import sys, rdu.configuration\n"
        "heavy = ('numpy', 'torch', 'torch_mlir', 'lark', 'msgspec')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT / "python")
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", Affine()),
        ("33*n + k + 7", Affine(7, (("k", 1), ("n", 33)))),
        ("n - k", Affine(0, (("k", -1), ("n", 1)))),
        ("-2*k - 1 + k", Affine(-1, (("k", -1),))),
        ("k + n - k", Affine(0, (("n", 1),))),
        ("3 - -k", None),
    ],
)
def test_affine_expressions_are_normalised(text: str, expected: Affine | None) -> None:
    line = f"read a[{text}] buffer @pass -> data"
    if expected is None:
        with pytest.raises(ConfigurationError):
            action_of("count k 0..4", "count n 0..4", line)
        return
    action = action_of("count k 0..4", "count n 0..4", line)
    assert isinstance(action, Read)
    assert action.address == expected


def test_stages_and_constants() -> None:
    action = action_of(
        "p = cmpf.olt 0.1 -inf",
        "q = select p -1 0",
        "out = addf nan inf",
        "s = reduce addf p over k init -2.5e-3",
        "over_1 = select true false x",
        "out <- s",
    )
    assert isinstance(action, Compute)
    p, q, out, s, over_1 = action.operations
    assert p == Operation("p", "cmpf.olt", (to_f32(0.1), -math.inf))
    assert q.operands == ("p", -1, 0)
    assert out.operands == (math.nan, math.inf)
    assert (s.over, s.init) == ("k", to_f32(-0.0025))
    assert over_1.operands == (True, False, "x")
    assert [type(o) for o in over_1.operands] == [bool, bool, str]
    assert (action.drives[0].port, action.drives[0].value) == ("out", "s")


def test_channels() -> None:
    head = "rdu 1\nmachine m\nsection s() {\nnet n control a.b.c {\n"
    text = head + "to d.e.f capacity inf\nto g.h.i capacity 4 init 3 via (0, -1)\n}\n}\nhost {\n}\n"
    first, second = parse(text).sections[0].nets[0].sinks
    assert (first.capacity, first.init, first.route) == (None, 0, ())
    assert second == Sink(second.to, 4, 3, ((0, -1),))
    assert str(second.to) == "g.h.i"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.0"),
        (-0.0, "-0.0"),
        (to_f32(0.1), "0.1"),
        (1e20, "1.0000000200408773e+20"),
        (to_f32(1e20), "1e+20"),
        (2.0**-149, "1e-45"),
        (to_f32(3.4028234663852886e38), "3.4028235e+38"),
        (-math.inf, "-inf"),
        (math.nan, "nan"),
        (16777216.0, "16777216.0"),
    ],
)
def test_floats_print_as_the_shortest_text(value: float, text: str) -> None:
    if value == 1e20:
        with pytest.raises(ValueError, match="no f32"):
            f32_text(value)
        return
    assert f32_text(value) == text
    if not text.startswith(("nan", "-inf")):
        assert struct.pack("<f", float(text)) == struct.pack("<f", value)


def test_what_no_text_can_say_is_not_printed() -> None:
    program = parse("rdu 1\nmachine m\nhost {\n}\n")
    for name in ("over", "a b", "", "1st", "a.b"):
        with pytest.raises(ValueError, match="no name"):
            print_program(type(program)(name, None, (), (), ()))


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bad.rdu"
    path.write_bytes(b"rdu 1\nmachine \xff\n")
    with pytest.raises(RduError) as caught:
        read(path)
    assert caught.value.render() == (
        f"{path}:2:9: error: unreadable character: expected UTF-8 text, got byte 0xff"
    )


def edited(*edits: tuple[str, str]) -> str:
    text = PLACED.read_text()
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    return text


SYNTAX = {
    "unreadable": (
        edited(("maximumf x 0.0", "maximumf x $0.0")),
        "f:20:22: error: unreadable character: expected a word, number or mark, got '$'",
    ),
    "too-long": (
        edited(("count i 0..60", "count i 0..6000000000000000000")),
        "f:10:18: error: integer is too long: expected at most 18 digits, got 19",
    ),
    "unopened": (
        edited(("host {", "}\nhost {")),
        "f:39:1: error: '}' closes no block: expected a statement, got '}'",
    ),
    "unclosed": (
        edited(("host {\n  run relu(x = x, y = y)\n}", "host {")),
        "f:39:1: error: block is never closed: expected '}', got the end of the file",
    ),
    "malformed": (
        edited(("count i 0..60", "count i 0:60")),
        "f:10:16: error: malformed 'count' line: expected '..', got ':'",
    ),
    "unknown-statement": (
        edited(("pcu relu", "pcx relu")),
        "f:15:3: error: unknown statement 'pcx' in a section: expected 'ag', 'pmu', 'pcu', 'net', "
        "got 'pcx'\nhint: did you mean 'pcu'?",
    ),
    "not-a-block": (
        edited(("load x[i] -> data", "load x[i] -> data {\n}")),
        "f:12:25: error: 'load' opens a block but takes none: expected end of line, got '{'",
    ),
    "no-block": (
        edited(("host {\n  run relu(x = x, y = y)\n}", "host")),
        "f:39:5: error: 'host' needs a block: expected '{', got end of line",
    ),
    "late": (
        edited(("      in x : vector f32 @i\n      out y : vector f32 @i\n",
                "      out y : vector f32 @i\n      in x : vector f32 @i\n")),
        "f:19:7: error: 'in' stands too late in a context: expected 'in' before 'out', "
        "got 'out' in line 18",
    ),
    "repeated": (
        edited(("machine plasticine", "machine plasticine\nmachine pir")),
        "f:3:1: error: 'machine' is repeated in the file: expected it once, got it again",
    ),
    "incomplete": (
        edited(("machine plasticine", "")),
        "f:1:1: error: the file is incomplete: expected 'machine', got the end of the file",
    ),
    "two-actions": (
        edited(("load x[i] -> data", "load x[i] -> data\n      store y[i] <- data")),
        "f:9:5: error: context 'main' does more than one thing: expected one access, stream "
        "primitive or computation, got load and store",
    ),
}  # fmt: skip


@pytest.mark.parametrize("code", SYNTAX)
def test_a_mistake_is_reported_where_it_is(code: str) -> None:
    text, message = SYNTAX[code]
    with pytest.raises(ConfigurationError) as caught:
        parse(text, "f")
    assert caught.value.render() == message
    assert caught.value.exit_code == 1


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("rdu 1", "rdu 2", "1:5: error: malformed 'rdu' line: expected version 1, got '2'"),
        ("f32[60] input", "f16[60] input", "expected 'f32', 'bf16', 'i32' or 'i1', got 'f16'"),
        ("[60] input", "[60,] input", "expected an extent, got ']'"),
        ("input tier", "inputs tier", "did you mean 'input'?"),
        ("machine plasticine", "machine over", "expected a machine name, got 'over'"),
        ("load.main.data", "load.data", "expected a port as unit.context.port, got 'load.data'"),
        ("capacity 16 via", "capacity via", "expected a capacity or 'inf', got 'via'"),
        ("maximumf x 0.0", "maximumf x 1e39", "expected a constant within f32, got '1e39'"),
        ("maximumf x 0.0", "reduce addf x", "expected 'over', got end of line"),
        ("y = y)", "x = y)", "expected a formal that is not yet bound, got 'x'"),
        ("y <- r", "y <- 0.0", "expected a value, got '0.0'"),
        ("@i\n      load", "@i {\n}\n      load", "'out' opens a block but takes none"),
        ("relu at (2, 2) {", "relu at (2) {", "expected ',', got ')'"),
        ("context main {", "context main from {", "expected a quoted file name, got '{'"),
    ],
)
def test_what_was_expected_is_said(old: str, new: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse(edited((old, new)))
    assert message in caught.value.render()


def test_every_mistake_is_reported_in_the_order_of_the_text() -> None:
    text = edited(
        ("tier dram", "tiers dram"), ("pcu relu at", "pcu at"), ("y <- r", "y <- "),
        ("capacity 16 via", "via"), ("run relu", "walk relu"),
    )  # fmt: skip
    with pytest.raises(ConfigurationError) as caught:
        parse(text)
    locations = [diagnostic.location for diagnostic in caught.value.diagnostics]
    assert [location.line for location in locations if location] == [4, 15, 21, 32, 40]


def test_a_string_ends_in_its_line() -> None:
    with pytest.raises(ConfigurationError, match="expected a string that ends in its line"):
        parse('rdu 1\nmachine m hash "sha\r256"\n', "f")
