"""What classes say about their fields: the docstring that follows an annotation."""

from __future__ import annotations

import ast
import inspect
from functools import cache
from types import ModuleType


def field_docs(cls: type) -> dict[str, str]:
    """Return the docstring of every field that a class or its bases declare, on one line each."""
    docs: dict[str, str] = {}
    for base in reversed(cls.__mro__):
        module = inspect.getmodule(base)
        if module is not None and module.__name__.startswith("rdu."):
            docs |= _classes(module).get(base.__name__, {})
    return docs


@cache
def _classes(module: ModuleType) -> dict[str, dict[str, str]]:
    tree = ast.parse(inspect.getsource(module))
    return {node.name: _fields(node) for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}


def _fields(node: ast.ClassDef) -> dict[str, str]:
    docs: dict[str, str] = {}
    for statement, following in zip(node.body, node.body[1:], strict=False):
        if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
            continue
        if isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant):
            docs[statement.target.id] = " ".join(str(following.value.value).split())
    return docs
