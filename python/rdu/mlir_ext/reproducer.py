"""Reproducers: a file with the IR before a pass and the pipeline to run, in upstream's form.

`mlir-opt --run-reproducer` reads them too, as far as it knows the passes and dialects.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from rdu.mlir_ext import ir
from rdu.mlir_ext.driver import Observer
from rdu.mlir_ext.pipeline import Step
from rdu.mlir_ext.printing import PrintStyle, print_operation

_SECTION = re.compile(
    r"\{-#\s*external_resources:\s*\{\s*mlir_reproducer:\s*\{(?P<fields>.*?)\}\s*\}\s*#-\}", re.S
)
_FIELD = re.compile(r'(?P<name>\w+):\s*(?:"(?P<text>(?:[^"\\]|\\.)*)"|(?P<flag>true|false))')


@dataclass(frozen=True)
class Reproducer:
    """What a reproducer file says: the IR, the pipeline, and whether to verify between passes."""

    text: str
    pipeline: str
    verify_each: bool = True

    def render(self) -> str:
        """Return the file's text."""
        pipeline = self.pipeline.replace("\\", "\\\\").replace('"', '\\"')
        return (
            f"{self.text.rstrip()}\n\n"
            "{-#\n"
            "  external_resources: {\n"
            "    mlir_reproducer: {\n"
            f'      pipeline: "{pipeline}",\n'
            "      disable_threading: true,\n"
            f"      verify_each: {'true' if self.verify_each else 'false'}\n"
            "    }\n"
            "  }\n"
            "#-}\n"
        )


def read_reproducer(text: str) -> Reproducer | None:
    """Return what a reproducer file says, None if the text has no reproducer section.

    The section's lines stay, emptied, so that locations in the IR do not move.
    """
    section = _SECTION.search(text)
    if section is None:
        return None
    found = {
        field["name"]: field["text"] or field["flag"]
        for field in _FIELD.finditer(section["fields"])
    }
    blank = "\n" * section.group().count("\n")
    pipeline = re.sub(r"\\(.)", r"\1", found.get("pipeline", ""))
    body = text[: section.start()] + blank + text[section.end() :]
    return Reproducer(body, pipeline, found.get("verify_each") != "false")


class ReproducerWriter(Observer):
    """Writes a reproducer before each pass, so that one is there even if the process dies.

    It stays if a pass fails and is removed when all went well (`finish`).
    """

    def __init__(self, path: Path, *, verify_each: bool = True) -> None:
        self.path = path
        self.verify_each = verify_each
        self.kept = False

    def before(self, step: Step, operation: ir.Operation) -> None:
        """Write the whole module as it is and the one pass that is about to run."""
        anchors = [operation.name]
        root = operation
        while root.parent is not None:
            root = root.parent.operation
            anchors.append(root.name)
        pipeline = step.text
        for anchor in anchors:
            pipeline = f"{anchor}({pipeline})"
        text = print_operation(root, PrintStyle(locations=True))
        self.path.write_text(
            Reproducer(text, pipeline, self.verify_each).render(), encoding="utf-8"
        )

    def failed(self, step: Step, operation: ir.Operation) -> None:
        """Keep the file."""
        self.kept = True

    def finish(self) -> None:
        """Remove the file unless a pass failed."""
        if not self.kept:
            self.path.unlink(missing_ok=True)
