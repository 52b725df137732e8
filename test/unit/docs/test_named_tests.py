"""Tests that the documentation names are there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
NAMED = re.compile(r"`(test_\w+)`")
DEFINED = re.compile(r"^def (test_\w+)", re.M)
PAGES = [page for page in ROOT.glob("docs/*.md") if NAMED.search(page.read_text("utf-8"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_named_tests_exist(page: Path) -> None:
    files = ROOT.glob("test/**/*.py")
    defined = {name for file in files for name in DEFINED.findall(file.read_text("utf-8"))}
    assert sorted(set(NAMED.findall(page.read_text("utf-8"))) - defined) == []
