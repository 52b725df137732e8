"""The tables of rooms in the README and the architecture are complete."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
ROOMS = sorted(path.parent.name for path in ROOT.glob("python/rdu/*/__init__.py"))


@pytest.mark.parametrize("page", ["README.md", "docs/architecture.md"])
def test_every_room_is_named(page: str) -> None:
    rows = [line for line in (ROOT / page).read_text().splitlines() if line.startswith("| `")]
    named = set(re.findall(r"`(?:python/rdu/)?(\w+)[/`]", " ".join(rows)))
    assert [room for room in ROOMS if room not in named and room != "dialects"] == []


def test_every_dialect_is_named() -> None:
    names = sorted(path.parent.name for path in ROOT.glob("dialects/*/__init__.py"))
    pages = sorted(path.stem for path in ROOT.glob("docs/reference/*.md"))
    assert [name for name in names if name not in pages] == []
