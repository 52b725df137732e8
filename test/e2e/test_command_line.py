"""The main job through the command line: `rdu-compile`, then `rdu-sim` without the compiler."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from rdu.tools.rdu_compile import main as rdu_compile

ROOT = Path(__file__).resolve().parents[2]
FORBIDDEN = (
    "rdu.analysis",
    "rdu.codegen",
    "rdu.compiler",
    "rdu.dialects",
    "rdu.frontends",
    "rdu.mlir_ext",
    "rdu.transforms",
    "torch",
    "torch_mlir",
)
JUDGE = f"""
import sys
for name in {FORBIDDEN!r}:
    sys.modules[name] = None  # importing it raises ImportError from now on
from rdu.tools.rdu_sim import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("mlp")
    arguments = [str(ROOT / "examples" / "mlp_model.py"), "--quiet", "-o", str(made / "mlp.rdu")]
    for option, name in (("weights", "mlp.safetensors"), ("inputs", "in.npz")):
        arguments += [f"--{option}", str(made / name)]
    assert rdu_compile([*arguments, "--expected", str(made / "expected.npz")]) == 0
    return made


def test_the_simulator_judges_the_main_job_without_the_compiler(folder: Path):
    command = [sys.executable, "-c", JUDGE, "mlp.rdu", "--quiet", "--json", "report.json"]
    command += ["--tensors", "mlp.safetensors", "--tensors", "in.npz", "--expect", "expected.npz"]
    subprocess.run(command, cwd=folder, check=True)
    overall = json.loads((folder / "report.json").read_text())["overall"][0]
    assert overall["max_relative_error"] <= 1e-5
    assert overall["cycles"] <= 4 * overall["limit"]


def test_levels_go_on_where_they_were_left(folder: Path):
    model, level = str(ROOT / "examples" / "mlp_model.py"), str(folder / "spatial.mlir")
    assert rdu_compile([model, "--quiet", "--emit", "spatial", "-o", level]) == 0
    output = str(folder / "again.rdu")
    assert rdu_compile([level, "--quiet", "--from", "spatial", "-o", output]) == 0
    assert "net n0 " in Path(output).read_text()


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["nowhere.py"], 2, "cannot be read"),
        (["nowhere.mlir"], 2, "cannot be read"),
        (["x.mlir", "--check"], 2, "needs a PyTorch model"),
        (["x.mlir", "--from", "rdu", "--emit", "pattern"], 2, "lies above"),
        ([str(ROOT / "tools" / "generate.py")], 2, "has no function"),
        ([str(ROOT / "examples" / "mlp_model.py"), "--target", "plastisine"], 2, "plasticine"),
    ],
)
def test_what_the_user_got_wrong_is_said(
    arguments: list[str], code: int, message: str, capfd: pytest.CaptureFixture[str]
):
    assert rdu_compile(arguments) == code
    assert message in capfd.readouterr().err
