"""What `rdu-opt` prints about itself: passes, dialects, one pass, one dialect as IRDL."""

import argparse
import inspect
import pkgutil

from rdu.mlir_ext.context import make_context
from rdu.mlir_ext.dialect import project_dialects
from rdu.mlir_ext.passes import Pass, all_passes, find_pass
from rdu.mlir_ext.upstream import KNOWN_PASSES, upstream_page
from rdu.support.diagnostics import UsageError, suggest
from rdu.support.options import specs
from rdu.tools.pass_flags import is_pass, named_pipelines


def show(given: argparse.Namespace) -> str | None:
    """Return the text of the list that was asked for, None if none was."""
    if given.list_passes:
        return list_passes()
    if given.help_pass is not None:
        return describe_pass(given.help_pass)
    if given.show_dialects:
        return list_dialects()
    if given.dump_irdl is not None:
        return irdl_of(given.dump_irdl)
    return None


def list_passes() -> str:
    """List our passes by the level that they take, the named pipelines, and upstream's passes."""
    by_level: dict[str, list[tuple[str, str]]] = {}
    for name, cls in all_passes().items():
        by_level.setdefault(cls.level_in, []).append((name, summary(cls)))
    blocks = [_block(f"passes on '{level}':", rows) for level, rows in sorted(by_level.items())]
    pipelines = [(name, doc) for name, (_, doc) in sorted(named_pipelines().items())]
    blocks.append(_block("named pipelines:", pipelines))
    blocks.append(_block("upstream passes, among others:", [(name, "") for name in KNOWN_PASSES]))
    return "\n".join(block for block in blocks if block)


def describe_pass(name: str) -> str:
    """Return what a pass or named pipeline does, with its options and statistics."""
    pipelines = named_pipelines()
    if name in pipelines:
        text, doc = pipelines[name]
        return f"{name}: {doc}\n\n  {text}\n"
    cls = find_pass(name)
    if cls is None and is_pass(name):
        return f"{name}: a pass of MLIR's own, see {upstream_page(name)}\n"
    if cls is None:
        known = {*all_passes(), *pipelines, *KNOWN_PASSES}
        raise UsageError(f"pass '{name}' is unknown", hint=suggest(name, known))
    options = [(spec.render(), spec.help) for spec in specs(cls.Options)]
    blocks = [
        f"{name}: from '{cls.level_in}' to '{cls.level_out}', runs on '{cls.anchor}'\n",
        inspect.cleandoc(cls.__doc__ or "") + "\n",
        _block("options:", options),
        _block("statistics:", list(cls.statistics.items())),
    ]
    return "\n".join(block for block in blocks if block)


def list_dialects() -> str:
    """List our dialects with their summaries, and the names of all others that can be used."""
    ours = project_dialects()
    rows = [(d.DIALECT_NAMESPACE, _first_line(d.__doc__)) for d in ours]
    names = {d.DIALECT_NAMESPACE for d in ours}
    others = [(name, "") for name in _upstream_dialects() if name not in names]
    return _block("rdu dialects:", rows) + "\n" + _block("upstream dialects:", others)


def irdl_of(name: str) -> str:
    """Return one of our dialects as IRDL text."""
    dialects = {d.DIALECT_NAMESPACE: d for d in project_dialects()}
    if name not in dialects:
        known = ", ".join(f"'{n}'" for n in dialects) or "none"
        hint = suggest(name, dialects)
        raise UsageError(f"dialect '{name}' is unknown: expected {known}", hint=hint)
    return dialects[name].irdl() + "\n"


def summary(cls: type[Pass]) -> str:
    """Return the first sentence of a pass's documentation."""
    return _first_line(cls.__doc__)


def _upstream_dialects() -> list[str]:
    """List the dialects in the bindings' registry, which can be asked but not listed."""
    context = make_context(project=False)
    context.load_all_available_dialects()
    package = pkgutil.resolve_name("torch_mlir.dialects")
    modules = (module.name for module in pkgutil.iter_modules(package.__path__))
    words = {name.removeprefix("_").removesuffix("_ops_gen") for name in modules}
    return sorted(word for word in words if context.is_dialect_loaded(word))


def _first_line(doc: str | None) -> str:
    return inspect.cleandoc(doc or "").partition("\n")[0]


def _block(title: str, rows: list[tuple[str, str]]) -> str:
    if not rows:
        return ""
    width = min(max(len(name) for name, _ in rows), 36)
    lines = [f"  {name:<{width}}  {text}".rstrip() for name, text in rows]
    return "\n".join([title, *lines]) + "\n"
