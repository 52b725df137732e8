"""The pages with commands: followed as written, in a copy of the repository."""

import subprocess
import sys
from pathlib import Path

import pytest

from tools.pages.follow import ROOT, followed_pages


@pytest.mark.parametrize("page", followed_pages())
def test_a_page_shows_what_comes_out_of_its_commands(page: str) -> None:
    pytest.importorskip("torch")
    done = follow(page)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_wrong_output_is_shown_as_a_difference(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```sh\necho one; echo two >&2\n```\n```text output\none\n```\n")
    done = follow(str(page))
    assert done.returncode == 1
    assert "\n+two\n" in done.stdout
    assert follow(str(page), "--print").stdout == page.read_text().replace(
        "one\n```", "one\ntwo\n```"
    )


def test_a_failing_command_is_named(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```sh\ntrue\n```\n```sh\ncat missing.txt\n```\n```sh\ntrue\n```\n")
    done = follow(str(page))
    assert done.returncode == 1
    assert "this block fails:\ncat missing.txt\n" in done.stderr


def test_files_shells_and_hidden_commands(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "```python file=a/b.py\nprint(1)\n```\n```python append=a/b.py\nprint(2)\n```\n"
        "```sh\ncd a\n```\n<!-- $ python b.py -->\n```text output\n1\n2\n```\n"
        "```text\nnot touched\n```\n"
    )
    assert follow(str(page)).returncode == 0


def follow(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tools.pages.follow", *arguments]
    return subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
