"""A long run shows how far it is, and stops when the user asks it to."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

TEXT = """\
rdu 1
machine plasticine
section long() {{
  pcu a {{
    context main {{
      count i 0..{vectors} par 16
      out y : vector i32 @i
      y <- i
    }}
  }}
  pcu b {{
    context main {{
      count i 0..{vectors} par 16
      in x : vector i32 @i
      s = addi x 1
    }}
  }}
  net y vector a.main.y {{
    to b.main.x capacity 2
  }}
}}
host {{
  run long()
}}
"""

TOOL = [sys.executable, "-m", "rdu.tools.rdu_sim"]


def write(folder: Path, firings: int) -> str:
    path = folder / "long.rdu"
    path.write_text(TEXT.format(vectors=16 * firings))
    return str(path)


@pytest.mark.parametrize("engine", ["native", "python"])
def test_an_interrupt_stops_a_run_without_a_word(tmp_path: Path, engine: str) -> None:
    command = [*TOOL, write(tmp_path, 2**27 - 1), "--engine", engine]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        # Until the run itself has begun, the interpreter loads its modules.
        while not _loaded(run.pid):
            time.sleep(0.05)
        time.sleep(0.5)
        run.send_signal(signal.SIGINT)
        output, errors = run.communicate(timeout=30)
    assert (run.returncode, output, errors) == (130, b"", b"")


def test_progress_where_stderr_is_no_terminal(tmp_path: Path) -> None:
    command = [*TOOL, write(tmp_path, 5000), "--engine", "python", "--progress", "--quiet"]
    run = subprocess.run(command, capture_output=True, check=True, text=True)
    lines = run.stderr.splitlines()
    assert lines
    assert all(line.endswith(" firings") and "cycle " in line for line in lines)


def test_no_progress_unless_somebody_looks(tmp_path: Path) -> None:
    command = [*TOOL, write(tmp_path, 5000), "--engine", "python", "--quiet"]
    assert subprocess.run(command, capture_output=True, check=True).stderr == b""


def _loaded(process: int) -> bool:
    """Whether a process has read its configuration: it has used up a second of the processor."""
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") > 1.5
