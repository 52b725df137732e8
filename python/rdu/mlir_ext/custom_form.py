"""Ops of our dialects in a custom form: the parser refuses them without saying what or where."""

import re
from collections.abc import Collection

from rdu.support.diagnostics import Diagnostic, SourceLocation, error

_OP = re.compile(r'(?<![\w.$!#@%"])([A-Za-z_]\w*)\.\w+')
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')


def ops_in_custom_form(text: str, dialects: Collection[str], file: str) -> list[Diagnostic]:
    """Return an error for each op of a dialect that stands in a text without quotes.

    Args:
        text: a module that does not parse.
        dialects: the names of the dialects that have a generic form only.
        file: the text's name in messages.
    """
    found: list[Diagnostic] = []
    for number, line in enumerate(text.splitlines(), 1):
        shown = _QUOTED.sub(lambda match: '"' * len(match.group()), line).partition("//")[0]
        for match in _OP.finditer(shown):
            if match.group(1) in dialects and not _is_attribute(shown, match.end()):
                place = SourceLocation(file, number, match.start() + 1)
                need = f'expected generic form, "{match.group()}"(...)'
                found.append(error(f"'{match.group()}' is in a custom form: {need}", place))
    return found


def _is_attribute(line: str, end: int) -> bool:
    """Tell whether a name is that of an attribute, which an equals sign follows."""
    return line[end:].lstrip().startswith("=")
