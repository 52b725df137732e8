"""The simulator is an independent judge: it runs where nothing of the compiler can be imported."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]

FORBIDDEN = (
    "torch",
    "torch_mlir",
    "rdu.mlir_ext",
    "rdu.dialects",
    "rdu.transforms",
    "rdu.frontends",
    "rdu.codegen",
    "rdu.compiler",
)

PROGRAM = """
import sys
for name in {forbidden!r}:
    sys.modules[name] = None  # importing it raises ImportError from now on
from rdu.tools.rdu_sim import main
sys.exit(main({arguments!r}))
"""


def test_a_configuration_runs_without_the_compiler(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    configuration = str(ROOT / "examples" / "configurations" / "gemm.rdu")
    arguments = [configuration, "--random-inputs", "0", "--json", str(report), "--engine"]
    for engine in ("python", "native"):
        code = PROGRAM.format(forbidden=FORBIDDEN, arguments=[*arguments, engine])
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert json.loads(report.read_text())["overall"][0]["operations"] == 2 * 4 * 20 * 32
