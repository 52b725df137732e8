"""Writes dot files in the style of SAM's compiler: consumers first, labels over two lines."""


def dot(comment, nodes, edges):
    """Return the text of a graph, its consumers first, as the compiler walks it.

    Args:
        comment: the formats, `X=ss01,B=ss01`.
        nodes: by id the type and attributes, `fiberlookup index=i tensor=B mode=0`.
        edges: `19 18 crd` or `19 18 crd in-B`: ends, type and comment.
    """
    lines = [f'    comment="{comment}"']
    for name, words in reversed(nodes.items()):
        kind, *given = words.split()
        attributes = dict(each.split("=") for each in given)
        listed = ",".join([f"type={kind}", *given])
        text = " ".join(f'{key}="{value}"' for key, value in {"type": kind, **attributes}.items())
        label = f"{kind}\n{attributes.get('format', '')}"
        style = "shape=point style=invis" if kind == "broadcast" else f'label="{label}" shape=box'
        lines.append(f'    {name} [comment="{listed}" {style} {text}]')
    for edge in reversed(edges):
        source, sink, kind, *words = edge.split()
        name = "_".join([kind, *words])
        lines.append(
            f'    {source} -> {sink} [label="{name}" style=dashed type="{kind}" '
            f'comment="{"".join(words)}"]'
        )
    return "digraph SAM {\n" + "\n".join(lines) + "\n}\n"


def walk(*names):
    """Return attributes of a lookup: index, tensor, mode and format, and whether from the root."""
    index, tensor, mode, *rest = names
    form = "dense" if "dense" in rest else "compressed"
    root = "true" if "root" in rest else "false"
    return (
        f"fiberlookup index={index} tensor={tensor} mode={mode} format={form} src=true root={root}"
    )


def write(index, tensor, mode):
    """Return attributes of a writer of coordinates."""
    return f"fiberwrite index={index} tensor={tensor} mode={mode} format=compressed sink=true"


def values(tensor):
    """Return attributes of a writer of values."""
    return f"fiberwrite tensor={tensor} mode=vals size=1 sink=true"
