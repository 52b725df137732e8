"""What only a process can show: exit codes, crashes, closed pipes."""

import subprocess
import sys
from pathlib import Path

import pytest

from rdu.mlir_ext.opt import Settings, optimize, split_input
from rdu.support.diagnostics import ExitCode, RduError
from rdu.tools.rdu_opt import main

TEXT = """
func.func @f(%a: i32) -> (i32, i32) {
  %0 = arith.addi %a, %a : i32
  %1 = arith.addi %a, %a : i32
  return %0, %1 : i32, i32
}
"""

BREAKING_PASS = """
import os, sys
from rdu.mlir_ext.passes import Pass, register
from rdu.tools.rdu_opt import main

@register
class Break(Pass):
    name = "toy-break"
    def run(self, module, options):
        {action}

sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "f.mlir"
    path.write_text(TEXT)
    return path


def run_with_breaking_pass(action, *arguments):
    script = BREAKING_PASS.format(action=action)
    return subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--cse"], ExitCode.OK),
        (["--cse", "-o", "/no/such/place"], ExitCode.USAGE),
        (["--no-such-flag"], ExitCode.USAGE),
        (["--pass-pipeline=cse("], ExitCode.USAGE),
    ],
)
def test_exit_codes(source, arguments, code, capsys):
    assert main([str(source), *arguments]) == code
    capsys.readouterr()


def test_wrong_ir_exits_with_1_and_no_output(tmp_path, capsys):
    path = tmp_path / "bad.mlir"
    path.write_text("func.func @f() { return %x : i32 }")
    assert main([str(path)]) == ExitCode.ERROR
    assert capsys.readouterr().err.startswith(f"{path}:1:25: error: ")


def test_input_that_is_not_text_is_refused():
    command = [sys.executable, "-m", "rdu.tools.rdu_opt"]
    result = subprocess.run(command, input=b"\xff\xfe", capture_output=True, check=False)
    assert result.returncode == ExitCode.ERROR
    assert result.stderr.startswith(b"<stdin>:1:1: error: unreadable character: expected UTF-8")


def test_a_crash_leaves_a_reproducer(source, tmp_path):
    bug = tmp_path / "bug.mlir"
    flag = f"--mlir-pass-pipeline-crash-reproducer={bug}"
    result = run_with_breaking_pass("os.abort()", source, "--cse", "--toy-break", flag)
    assert result.returncode < 0
    text = bug.read_text()
    assert 'pipeline: "builtin.module(toy-break)"' in text
    assert text.count("arith.addi") == 1  # the IR as it was before the pass that died


def test_an_internal_error_exits_with_70_and_names_a_reproducer(source):
    result = run_with_breaking_pass("raise KeyError('oops')", source, "--toy-break")
    assert result.returncode == ExitCode.INTERNAL
    assert "rdu-opt: internal error: KeyError: 'oops'" in result.stderr
    assert "Traceback" not in result.stderr
    note = next(line for line in result.stderr.splitlines() if "reproducer" in line)
    path = Path(note.split("'")[1])
    assert 'pipeline: "builtin.module(toy-break)"' in path.read_text()
    replayed = run_with_breaking_pass("pass", path, "--run-reproducer")
    assert replayed.returncode == 0
    path.unlink()


def test_a_reader_that_leaves_is_no_error(source, tmp_path):
    many = tmp_path / "many.mlir"
    many.write_text("".join(f"func.func private @f{n}()\n" for n in range(9000)))
    command = f"{sys.executable} -m rdu.tools.rdu_opt {many} | head -1"
    result = subprocess.run(command, shell=True, capture_output=True, text=True, check=True)
    assert result.stdout == "module {\n"
    assert result.stderr == ""


def test_the_call_behind_the_tool():
    assert optimize(TEXT, Settings(pipeline="cse")).count("arith.addi") == 1
    with pytest.raises(RduError) as failure:
        optimize("func.func @f( {", source_name="g.mlir")
    assert failure.value.diagnostics[0].location.file == "g.mlir"


def test_parts_keep_their_lines():
    parts = split_input("a\n// -----\nb\nc\n// -----\nd")
    assert parts == ["a\n", "\n\nb\nc\n", "\n\n\n\n\nd"]
