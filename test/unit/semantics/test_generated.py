"""The committed headers and page are those that the tables give now."""

from pathlib import Path

import pytest

from rdu.semantics.emit_header import HEADERS, header
from rdu.semantics.page import page

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("name", HEADERS)
def test_the_headers_are_up_to_date(name: str) -> None:
    assert (ROOT / "native/semantics" / name).read_text() == header(name)


def test_the_page_is_up_to_date() -> None:
    assert (ROOT / "docs/arithmetic.md").read_text() == page()
