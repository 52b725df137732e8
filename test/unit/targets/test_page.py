"""The committed page of the machines is the one that the machine files give now."""

from pathlib import Path

from rdu.targets.page import page

ROOT = Path(__file__).parents[3]


def test_the_page_is_up_to_date() -> None:
    assert (ROOT / "docs/machines.md").read_text() == page()
