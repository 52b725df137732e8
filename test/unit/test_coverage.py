"""What is declared is tested: every op, every verifier message, every pass and what it says.

Messages count where a lit test provokes them under `--verify-diagnostics`, which then holds them to
their line. Each test fails with the list of what is missing.
"""

import re
import shlex
from pathlib import Path

import pytest

from rdu.codegen import program_of
from rdu.interpreter.run import load_meanings
from rdu.mlir_ext import ir
from rdu.mlir_ext.context import make_context, parse
from rdu.mlir_ext.dialect import project_dialects
from rdu.mlir_ext.fields import MESSAGES
from rdu.mlir_ext.meaning import MEANINGS
from rdu.mlir_ext.operation import Op
from rdu.mlir_ext.passes import Pass, all_passes
from rdu.tools.rdu_opt import main

LIT = Path(__file__).parents[1] / "lit"
RUN = re.compile(
    r"RUN: rdu-opt %s (?P<flags>[^|<>\n]*--verify-diagnostics[^|<>\n]*)$", re.MULTILINE
)

OPS = {op.OPERATION_NAME: op for dialect in project_dialects() for op in dialect.operations}


def ops_file(op_name):
    return LIT / "dialects" / op_name.partition(".")[0] / "ops.mlir"


def project_passes():
    """Our passes, without those that other tests declare."""
    passes = all_passes().items()
    return {name: c for name, c in passes if c.__module__.startswith("rdu.transforms.")}


def pass_file(pass_class):
    """The lit file of a pass: where its module is, under the same name."""
    *folders, _ = pass_class.__module__.removeprefix("rdu.").split(".")
    name = pass_class.name
    if folders[-1] != "conversion":
        name = name.removeprefix(f"{folders[-1]}-")
    return LIT.joinpath(*folders, f"{name}.mlir")


@pytest.fixture(scope="module")
def provoked():
    """Pairs of an op or pass and a message key that the lit tests expect somewhere."""
    said = set()

    def recording(method, owner, position):
        def report(self, *args, **values):
            said.add((getattr(self, owner), args[position]))
            return method(self, *args, **values)

        return report

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Op, "error", recording(Op.error, "OPERATION_NAME", 0))
        for kind in ("error", "warning", "remark"):
            patch.setattr(Pass, kind, recording(getattr(Pass, kind), "name", 1))
        for path in sorted(LIT.rglob("*.mlir")):
            for run in RUN.finditer(path.read_text()):
                flags = run["flags"].replace("%S", str(path.parent))
                main([str(path), *shlex.split(flags), "-o", "/dev/null"])
    return said


def test_every_op_round_trips():
    texts = {path: path.read_text() for path in LIT.glob("dialects/*/ops.mlir")}
    assert all("--verify-roundtrip" in text for text in texts.values())
    missing = [op for op in OPS if f'"{op}"(' not in texts.get(ops_file(op), "")]
    assert not missing, f"ops without a round trip in their dialect's ops.mlir: {missing}"


def test_every_op_has_a_meaning():
    """Ops of `rdu` run in the simulator: they mean what the configuration means."""
    load_meanings()
    simulated = set()
    path = ops_file("rdu.section")
    module = parse(path.read_text(), make_context(), source_name=str(path))
    assert program_of(module, "plasticine").sections

    def visit(operation):
        simulated.add(operation.name)
        return ir.WalkResult.ADVANCE

    module.operation.walk(visit)
    missing = [op for op in OPS if op not in MEANINGS and op not in simulated]
    assert not missing, f"ops without an executable meaning: {missing}"


def test_every_message_of_an_op_is_provoked(provoked):
    declared = [
        (op, key) for dialect in project_dialects() for op, key, _ in dialect.enumerate_messages()
    ]
    missing = [message for message in declared if message not in provoked]
    assert not missing, f"messages of ops that no lit test expects: {missing}"


def test_every_message_about_fields_is_provoked(provoked):
    keys = {key for _, key in provoked}
    missing = [key for key in MESSAGES if key not in keys]
    assert not missing, f"messages about fields that no lit test expects: {missing}"


def test_every_pass_has_a_lit_test():
    missing = [
        name
        for name, pass_class in project_passes().items()
        if not pass_file(pass_class).exists()
        or f"--{name}" not in pass_file(pass_class).read_text()
    ]
    assert not missing, f"passes without a lit file: {missing}"


def test_every_message_of_a_pass_is_provoked(provoked):
    declared = [
        (name, key) for name, pass_class in project_passes().items() for key in pass_class.messages
    ]
    missing = [message for message in declared if message not in provoked]
    assert not missing, f"messages of passes that no lit test expects: {missing}"
