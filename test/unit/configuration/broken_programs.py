"""The cases of `broken*.txt`: small damages to sound programs and what is said of each."""

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from rdu.targets import Machine, load_machine

HERE = Path(__file__).parent
GEMM = HERE.parents[2] / "examples" / "configurations" / "gemm.rdu"
SOUND = {path.stem: path for path in (GEMM, *sorted(HERE.glob("*.rdu")))}
PLASTICINE = load_machine("plasticine")
MACHINE = re.compile(r"^machine ([\w-]+)", re.MULTILINE)

BY_MODEL_ONLY = {"control-type", "stream-kind", "two-ways", "until-lanes"}
"""Messages about what no text can say."""


def machine_of(base: str, shortages: dict[str, int] | None = None) -> Machine:
    """The machine that a sound program is for."""
    found = MACHINE.search(SOUND[base].read_text())
    return load_machine(found[1] if found else "plasticine", shortages or {})


@dataclass(slots=True)
class Broken:
    """One case; `line` is the text of the line with the fault, `others` counts more findings."""

    code: str
    base: str
    shortages: dict[str, int]
    edits: list[tuple[list[str], list[str]]] = field(default_factory=list)
    line: str = ""
    message: str = ""
    others: int = 0

    @property
    def text(self) -> str:
        """The damaged text."""
        text = SOUND[self.base].read_text()
        for old, new in self.edits:
            pattern = r"\s*\n\s*".join(map(re.escape, old))
            text, count = re.subn(pattern, lambda _, new=new: "\n".join(new), text, count=1)
            assert count, f"{old} is not in the text"
        return text

    @property
    def number(self) -> int:
        """The line of the fault."""
        lines = self.text.splitlines()
        return next(i for i, line in enumerate(lines, start=1) if self.line in line)

    @property
    def machine(self) -> Machine:
        """The machine that the program does not suit."""
        match self.shortages:
            case {"no-grid": _}:
                return replace(PLASTICINE, grid=None)
            case {"no-array": _}:
                return replace(machine_of(self.base), systolic=None)
            case {"no-sparse": _}:
                return replace(machine_of(self.base), sparse=None)
            case _:
                return machine_of(self.base, self.shortages)


def read_cases(text: str) -> list[Broken]:
    cases: list[Broken] = []
    for line in text.splitlines():
        mark, _, rest = line.partition(" ")
        match mark:
            case "" | "//":
                continue
            case "-":
                edits = cases[-1].edits
                if not edits or edits[-1][1]:
                    edits.append(([], []))
                edits[-1][0].append(rest)
            case "+":
                cases[-1].edits[-1][1].append(rest)
            case "@":
                cases[-1].line = rest
            case "!":
                cases[-1].message = rest
            case "...":
                cases[-1].others = int(rest)
            case _:
                base, *shortages = rest.split()
                pairs = (shortage.partition("=") for shortage in shortages)
                cases.append(Broken(mark, base, {key: int(n or 0) for key, _, n in pairs}))
    return cases


CASES = [case for path in sorted(HERE.glob("broken*.txt")) for case in read_cases(path.read_text())]
