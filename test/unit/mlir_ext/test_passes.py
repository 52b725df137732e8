# ruff: noqa: RUF012  (class tables of ops and passes)
from dataclasses import dataclass

import pytest
import toy

from rdu.mlir_ext import ir, passmanager
from rdu.mlir_ext.context import make_context, parse
from rdu.mlir_ext.driver import run_pass
from rdu.mlir_ext.passes import Pass, option, register
from rdu.mlir_ext.pipeline import parse_pipeline
from rdu.mlir_ext.upstream import KNOWN_PASSES
from rdu.support.diagnostics import ExitCode, RduError
from rdu.tools.pass_flags import is_pass

TEXT = """
func.func @f(%x: f32) -> f32 {
  %a = "toy.add"(%x, %x) : (f32, f32) -> f32
  %b = "toy.add"(%a, %x) : (f32, f32) -> f32
  return %b : f32
}
"""


@register
class Chain(Pass):
    """Refuse chains of additions, for tests."""

    name = "toy-chain"
    level_in = level_out = "toy"
    messages = {"long": "is number {number}: expected at most {limit}"}
    statistics = {"adds": "number of additions seen"}

    @dataclass(frozen=True)
    class Options:
        limit: int = option(4, help="most additions", min=1)
        strict: bool = option(True, help="fail rather than warn")
        sizes: tuple[int, ...] = option((1, 2), help="unused")

    def run(self, module, options):
        module.operation.walk(lambda op: self._visit(op, options))

    def _visit(self, op, options):
        if op.name == "toy.add":
            self.count("adds")
            if self.counts["adds"] > options.limit:
                report = self.error if options.strict else self.warning
                report(op, "long", number=self.counts["adds"], limit=options.limit)
        return ir.WalkResult.ADVANCE


@pytest.fixture
def context():
    return make_context(toy.Toy, project=False)


def test_statistics(context):
    assert run_pass(parse(TEXT, context), Chain) == {"adds": 2}


def test_errors_fail_the_pass_with_location(context):
    module = parse(TEXT, context, source_name="c.mlir")
    with pytest.raises(RduError) as failure:
        run_pass(module, Chain, limit=1)
    assert str(failure.value) == "c.mlir:4:8: error: 'toy.add' is number 2: expected at most 1"


def test_warnings_reach_the_channel(context):
    module = parse(TEXT, context)
    with context.channel.capture() as said:
        run_pass(module, Chain, limit=1, strict=False)
    assert [d.severity for d in said] == ["warning"]


@pytest.mark.parametrize(
    "text",
    [
        "builtin.module(cse,canonicalize{max-iterations=3},func.func(cse))",
        "builtin.module(toy-chain{limit=3 strict=false sizes=3,4})",
        "builtin.module()",
    ],
)
def test_pipeline_round_trip(context, text):
    assert str(parse_pipeline(text, context)) == text


def test_pipeline_without_anchor_and_named(context):
    named = {"tidy": ("builtin.module(cse,func.func(canonicalize))", "clean up")}
    pipeline = parse_pipeline("tidy, toy-chain", context, named)
    assert str(pipeline) == "builtin.module(cse,func.func(canonicalize),toy-chain)"


@pytest.mark.parametrize(
    ("text", "column", "message", "hint"),
    [
        ("builtin.module(canonicalise)", 16, "pass 'canonicalise' is unknown", "'canonicalize'"),
        ("toy-chian", 1, "pass 'toy-chian' is unknown", "'toy-chain'"),
        ("cse,toy-chain{limt=3}", 15, "option 'limt' is unknown", "'limit'"),
        ("toy-chain{limit=x}", 11, "option 'limit' is 'x': expected integer", None),
        ("toy-chain{limit=0}", 11, "option 'limit' is 0: expected at least 1", None),
        ("canonicalize{foo=1}", 1, "no such option foo", None),
        ("func.func(toy-chain)", 11, "cannot run on 'func.func': expected 'builtin.module'", None),
        ("builtin.module(cse", 19, "expected ')', got 'the end'", None),
        ("func.fun(cse)", 1, "op 'func.fun' is unknown", "'func.func'"),
        ("cse)", 4, "expected ',' or the end", None),
        ("cse,,cse", 5, "expected a name, got ',cse'", None),
        ("toy-chain{limit=", 17, "expected a value", None),
        ("toy-chain{", 11, "expected 'name=value' or '}'", None),
    ],
)
def test_pipeline_errors_have_column_and_hint(context, text, column, message, hint):
    with pytest.raises(RduError) as failure:
        parse_pipeline(text, context)
    diagnostic = failure.value.diagnostics[0]
    assert failure.value.exit_code == ExitCode.USAGE
    assert diagnostic.location.column == column
    assert message in diagnostic.message
    if hint:
        assert hint in diagnostic.hint


def test_everything_wrong_with_a_pipeline_is_said_once(context):
    with pytest.raises(RduError) as failure:
        parse_pipeline("toy-chain{limt=3},cse,csse", context)
    columns = [d.location.column for d in failure.value.diagnostics]
    assert columns == [11, 23]


def test_known_upstream_passes_are_known(context):
    for name in KNOWN_PASSES:
        anchor = "func.func" if name.startswith("affine-loop") else "any"
        assert is_pass(name)
        passmanager.PassManager.parse(f"{anchor}({name})", context)


@register
class Silent(Pass):
    """Fail without a word, for tests."""

    name = "toy-silent"

    def run(self, module, options):
        raise RduError([])


def test_a_silent_failure_is_reported(context):
    with pytest.raises(RduError, match="failed without saying why"):
        run_pass(parse(TEXT, context), Silent)
