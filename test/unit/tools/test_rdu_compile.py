"""What `rdu-compile` says of model files and IR that it cannot use."""

import pytest

from rdu.support.diagnostics import ExitCode
from rdu.tools.rdu_compile import main

TAIL = "\ndef make_inputs():\n    return (torch.zeros(2, 4),)\n"
LINEAR = "import torch\ndef make_model():\n    return torch.nn.Linear(4, 4).eval()\n"


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("def make_model(:\n", ExitCode.ERROR, "{path}:1: error: SyntaxError: "),
        ("\n\nraise SystemExit(0)\n", ExitCode.ERROR, "{path}:3: error: SystemExit: 0"),
        ("import torch_geometry\n", ExitCode.ERROR, "{path}:1: error: ModuleNotFoundError: "),
        ("", ExitCode.USAGE, "error: '{path}' has no function make_model and no function make_"),
        (LINEAR.replace("4, 4", "4") + TAIL, ExitCode.ERROR, "{path}:3: error: TypeError: "),
        (
            LINEAR + "def make_inputs():\n    return torch.zeros(2, 4)\n",
            ExitCode.ERROR,
            "error: example arguments: expected a tuple of tensors, got Tensor\nhint: write (x,)",
        ),
        (
            "import torch\ndef make_model():\n    return torch.relu\n" + TAIL,
            ExitCode.ERROR,
            "error: model: expected a torch.nn.Module, got builtin",
        ),
    ],
)
def test_a_wrong_model_is_refused_at_its_line(text, code, message, tmp_path, capsys):
    path = tmp_path / "model.py"
    path.write_text(text)
    assert main([str(path), "--quiet"]) == code
    captured = capsys.readouterr()
    assert captured.err.startswith(message.format(path=path))
    assert captured.out == ""


def test_a_model_that_is_no_text_is_refused(tmp_path, capsys):
    path = tmp_path / "model.py"
    path.write_bytes(b"\xff\xfe\x00")
    assert main([str(path), "--quiet"]) == ExitCode.ERROR
    assert str(path) in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["--check", "--emit", "pattern"],
        ["--weights", "weights.txt"],
        ["--expected", "expected"],
        ["--target", "plastik"],
        ["--set", "dram.latncy=3"],
    ],
)
def test_a_wrong_command_line_is_said_before_anything_is_compiled(arguments, tmp_path, capsys):
    path = tmp_path / "model.py"
    path.write_text(LINEAR + TAIL)
    assert main([str(path), *arguments]) == ExitCode.USAGE
    assert capsys.readouterr().err.splitlines()[0].startswith("error: ")


def test_ir_that_is_no_text_is_refused_at_its_byte(tmp_path, capsys):
    path = tmp_path / "model.mlir"
    path.write_bytes(b"module {\n\xff}\n")
    assert main([str(path), "--quiet"]) == ExitCode.ERROR
    assert capsys.readouterr().err.startswith(f"{path}:2:1: error: unreadable character")
