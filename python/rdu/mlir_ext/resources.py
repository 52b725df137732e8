"""Constants whose values stand at the end of a text, as constants with these values."""

from __future__ import annotations

import re

_RESOURCE = re.compile(r'([\w.$-]+|"[^"]*")\s*:\s*"0x([0-9A-Fa-f]+)"')
_ALIGNMENT = 8
"""Digits before the values: four bytes that say how they are aligned."""


def with_resources(text: str) -> str:
    """Return a text in which resources that it holds are elements of `dense`.

    The bindings do not give the values of `dense_resource`. What stands elsewhere, such as
    `dense_resource<__elided__>`, stays.
    """
    body, mark, end = text.partition("{-#")
    held = {name.strip('"'): digits[_ALIGNMENT:] for name, digits in _RESOURCE.findall(end)}
    if not mark or not held:
        return text

    def values(found: re.Match[str]) -> str:
        digits = held.get(found[1].strip('"'))
        return found[0] if digits is None else f'dense<"0x{digits.upper()}">'

    return re.sub(r"dense_resource<([^>]*)>", values, body) + mark + end
