"""Text files that command lines name: whatever is wrong with one is said, never a traceback."""

import subprocess
import sys

import pytest

from rdu.support.diagnostics import ExitCode, RduError, UsageError
from rdu.support.text_files import read_text, write_text

TOOL = "from rdu.support.command_line import run_tool\nfrom rdu.support.text_files import *\n"


def test_a_byte_that_is_not_utf8_is_found(tmp_path):
    path = tmp_path / "latin.mlir"
    path.write_bytes(b"module {\n  // \xe9\n}\n")
    with pytest.raises(RduError) as refused:
        read_text(str(path))
    assert refused.value.render() == (
        f"{path}:2:6: error: unreadable character: expected UTF-8 text, got byte 0xe9"
    )
    assert refused.value.exit_code == ExitCode.ERROR


@pytest.mark.parametrize(
    ("name", "reason"),
    [("", "Is a directory"), ("gone/file", "No such file"), ("a\0b", "null byte")],
)
def test_what_is_no_file_is_refused(tmp_path, name, reason):
    with pytest.raises(UsageError, match=f"input '.*' cannot be read: .*{reason}"):
        read_text(f"{tmp_path}/{name}")
    with pytest.raises(UsageError, match=f"output '.*' cannot be written: .*{reason}"):
        write_text(f"{tmp_path}/{name}", "text")


def run_tool(body, shell):
    code = f"{TOOL}raise SystemExit(run_tool('tool', lambda: {body} or 0))"
    command = ["sh", "-c", f'"$@" {shell}', "sh", sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("body", "shell", "message"),
    [
        ("read_text('-') and 0", "<&-", "input '-' cannot be read: it is closed"),
        ("write_text('-', 'text')", ">&-", "output '-' cannot be written: it is closed"),
        ("write_text('-', 'text')", "> /dev/full", "output '-' cannot be written: No space left"),
    ],
)
def test_closed_and_full_streams_are_refused(body, shell, message):
    result = run_tool(body, shell)
    assert result.returncode == ExitCode.USAGE
    assert result.stderr.startswith(f"error: {message}")
    assert result.stderr.count("\n") == 1


def test_too_little_memory_is_said():
    result = run_tool("bytearray(2 ** 60)", "")
    assert result.returncode == ExitCode.ERROR
    assert result.stderr == "error: there is not enough memory\n"


def test_a_reader_that_has_seen_enough_is_no_error():
    result = run_tool("write_text('-', 'line\\n' * 99999)", "| head -n 1")
    assert result.stdout == "line\n"
    assert result.stderr == ""
