"""Names that have to differ."""

from collections.abc import Container


def unused(wish: str, taken: Container[str]) -> str:
    """Return a name that is not taken: the wish, or it with the first free number from 2 on."""
    name, number = wish, 1
    while name in taken:
        number += 1
        name = f"{wish}_{number}"
    return name
