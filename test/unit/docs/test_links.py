"""Every relative link of the documentation leads somewhere, headings included."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
CODE = re.compile(r"^```.*?^```$", re.M | re.S)
INLINE = re.compile(r"`[^`\n]*`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.M)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    assert [link for link in links(page) if not leads_somewhere(page, link)] == []


def test_the_map_of_the_documentation_names_every_page() -> None:
    index = ROOT / "docs/index.md"
    named = {(index.parent / link).resolve() for link in links(index)}
    pages = {page.resolve() for page in ROOT.glob("docs/**/*.md")} - {index}
    assert sorted(pages - named) == []


def links(page: Path) -> Iterator[str]:
    text = INLINE.sub("", CODE.sub("", page.read_text(encoding="utf-8")))
    for link in LINK.findall(text):
        if not link.startswith(("http:", "https:", "mailto:")):
            yield link


def leads_somewhere(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = page.parent / path if path else page
    return target.exists() and (not anchor or anchor in anchors(target))


def anchors(page: Path) -> set[str]:
    """Return the names that GitHub gives to a page's headings."""
    headings = HEADING.findall(CODE.sub("", page.read_text(encoding="utf-8")))
    kept = (re.sub(r"[^\w\- ]", "", heading.strip().lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in kept}
