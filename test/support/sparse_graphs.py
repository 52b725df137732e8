"""Graphs that several tests run."""

from rdu.frontends.sparse.builder import GraphBuilder, Operand


def shares(rows, columns):
    """Values as shares of their row's sum: a row waits until its sum is there."""
    g = GraphBuilder((rows, columns), {"B": Operand((rows, columns), ["dense", "dense"])})
    tensor = g.tensor("B")
    crd_i, refs = g.lookup(tensor, 0, g.root())
    crd_j, refs = g.lookup(tensor, 1, refs)
    values = g.array(tensor, refs)
    sums = g.repeat(g.reduce("add", values, crd_i), crd_j)
    return g.finish([crd_i, crd_j], g.alu("div", values, sums))
