"""The page of the configuration is up to date."""

from pathlib import Path

from rdu.configuration.page import page

PAGE = Path(__file__).parents[3] / "docs" / "configuration.md"


def test_the_page_is_generated() -> None:
    assert PAGE.read_text() == page()
