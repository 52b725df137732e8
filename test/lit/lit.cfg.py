"""lit configuration: run the tools with the interpreter that runs lit, installed or from source."""

# ruff: noqa: F821  (lit defines `config` and `lit_config`)
import importlib.util
import os
import shutil
import sys
from pathlib import Path

import lit.formats

here = Path(__file__).resolve().parent
root = here.parent.parent

config.name = "rdu"
config.test_format = lit.formats.ShTest()
config.suffixes = [".mlir", ".rdu", ".test"]
config.excludes = ["lit.cfg.py", "Inputs"]
config.test_source_root = str(here)
config.test_exec_root = str(root / "build" / "test" / "lit")

# An installed package is tested as it is; a checkout runs from its sources.
search_path = os.environ.get("PYTHONPATH", "")
if importlib.util.find_spec("rdu") is None:
    search_path = str(root / "python")
config.environment["PYTHONPATH"] = search_path
config.environment["PYTHONUTF8"] = "1"

modules = {
    "rdu-compare": "rdu.tools.rdu_compare",
    "rdu-opt": "rdu.tools.rdu_opt",
    "rdu-compile": "rdu.tools.rdu_compile",
    "rdu-sim": "rdu.tools.rdu_sim",
    "rdu-sparse": "rdu.tools.rdu_sparse",
    "rdu-translate": "rdu.tools.rdu_translate",
    "FileCheck": "filecheck",
}
# A tool's name is replaced only as a word of its own: not in a path, and not inside another name.
config.substitutions += [
    (rf"(?<![\w./-]){name}(?![\w./-])", f"{sys.executable} -m {module}")
    for name, module in modules.items()
]
# `rdu` is also a dialect and a directory: it is a tool only where a command begins.
command = r"(?:^|(?<=[|&;]\s)|(?<=not\s)|(?<=\)\s))rdu(?=\s)"
config.substitutions.append((command, f"{sys.executable} -m rdu.tools.rdu"))
config.substitutions.append(("%python", sys.executable))

stock_mlir_opt = shutil.which("mlir-opt-22")
if stock_mlir_opt:
    config.available_features.add("mlir-opt-22")
    config.substitutions.append((r"(?<![\w./-])mlir-opt-22(?![\w./-])", stock_mlir_opt))
else:
    lit_config.note("'mlir-opt-22' is not on PATH: tests that load IRDL into stock MLIR do not run")
