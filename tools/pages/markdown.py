"""Small pieces of Markdown."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Sequence


def docstring(documented: object) -> str:
    """Return an object's docstring without its indentation."""
    return inspect.cleandoc(documented.__doc__ or "")


def first_sentence(documented: object) -> str:
    """Return the docstring's first line."""
    return docstring(documented).partition("\n")[0]


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a table, without empty columns, and an empty line; nothing of no rows."""
    cells = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    columns = [c for c in zip(head, *cells, strict=True) if any(c[1:])]
    if not columns:
        return
    title, *body = zip(*columns, strict=True)
    yield f"| {' | '.join(title)} |"
    yield "|" + "---|" * len(title)
    yield from (f"| {' | '.join(row)} |" for row in body)
    yield ""


def placeholders(text: str) -> str:
    """Write a format string for people: `{have}` as `<have>`."""
    text = text.replace("{{", "\0").replace("}}", "\1").replace("{", "<").replace("}", ">")
    return text.replace("\0", "{").replace("\1", "}")


def messages(texts: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield a list of messages, given as key and format string, and an empty line."""
    lines = [f"* `{placeholders(text)}`" for _, text in texts]
    if lines:
        yield from (*lines, "")
