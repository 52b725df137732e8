"""The kernels of SAM's evaluation as graphs, and what they compute.

Each function takes the extents of its index variables, in alphabetical order, and returns a
function's text; `KERNELS` names the variables of its operands, and the sum for `numpy.einsum`.
"""

from sam_text import Graph

SS, DD = ["compressed"] * 2, ["dense"] * 2


def spmv(i, j):
    g = Graph((i,), {"B": ((i, j), SS), "c": ((j,), SS[:1])})
    crd_i, bi = g.lookup(g.B, 0, g.root)
    ci = g.repeat(g.root, bi)
    _, b, c = g.merge("intersect", g.lookup(g.B, 1, bi), g.lookup(g.c, 0, ci))
    product = g.alu("mul", g.load(g.B, b), g.load(g.c, c))
    return g.finish([crd_i], g.reduce(product, crd_i))


def mm_ijk(i, j, k):
    g = Graph((i, j), {"B": ((i, k), SS), "C": ((k, j), SS, (1, 0))})
    crd_i, bi = g.lookup(g.B, 0, g.root)
    crd_j, cj = g.lookup(g.C, 0, g.repeat(g.root, bi))
    bj = g.repeat(bi, cj)
    _, b, c = g.merge("intersect", g.lookup(g.B, 1, bj), g.lookup(g.C, 1, cj))
    product = g.alu("mul", g.load(g.B, b), g.load(g.C, c))
    return g.finish([crd_i, crd_j], g.reduce(product, crd_j))


def mm_ikj(i, j, k):
    g = Graph((i, j), {"B": ((i, k), SS), "C": ((k, j), SS)})
    crd_i, bi = g.lookup(g.B, 0, g.root)
    ck = g.lookup(g.C, 0, g.repeat(g.root, bi))
    crd_k, b, c = g.merge("intersect", g.lookup(g.B, 1, bi), ck)
    crd_j, cj = g.lookup(g.C, 1, c)
    product = g.alu("mul", g.load(g.B, g.repeat(b, cj)), g.load(g.C, cj))
    xj, x = g.accumulate(crd_k, [crd_j], product)
    return g.finish([crd_i, xj], x)


def mm_kij(i, j, k):
    g = Graph((i, j), {"B": ((i, k), SS, (1, 0)), "C": ((k, j), SS)})
    crd_k, b, c = g.merge("intersect", g.lookup(g.B, 0, g.root), g.lookup(g.C, 0, g.root))
    crd_i, bi = g.lookup(g.B, 1, b)
    crd_j, cj = g.lookup(g.C, 1, g.repeat(c, bi))
    product = g.alu("mul", g.load(g.B, g.repeat(bi, cj)), g.load(g.C, cj))
    xi, xj, x = g.accumulate(crd_k, [crd_i, crd_j], product)
    return g.finish([xi, xj], x)


def sddmm(i, j, k):
    g = Graph((i, j), {"B": ((i, j), SS), "C": ((i, k), DD), "D": ((j, k), DD)})
    crd_i, bi = g.lookup(g.B, 0, g.root)
    crd_j, bj = g.lookup(g.B, 1, bi)
    ci = g.op("locate", [g.C, crd_i, g.root], ["ref:1"], level=0)
    dj = g.op("locate", [g.D, crd_j, g.root], ["ref:2"], level=0)
    ck = g.lookup(g.C, 1, g.repeat(ci, bj))
    _, c, d = g.merge("intersect", ck, g.lookup(g.D, 1, dj))
    product = g.alu("mul", g.load(g.B, g.repeat(bj, c)), g.load(g.C, c))
    product = g.alu("mul", product, g.load(g.D, d))
    return g.finish([crd_i, crd_j], g.reduce(product, crd_j))


def mttkrp(i, j, k, m):
    shapes = {"B": ((i, k, m), SS + SS[:1]), "C": ((j, k), SS), "D": ((j, m), SS)}
    g = Graph((i, j), shapes)
    crd_i, bi = g.lookup(g.B, 0, g.root)
    cj, dj = g.lookup(g.C, 0, g.repeat(g.root, bi)), g.lookup(g.D, 0, g.repeat(g.root, bi))
    crd_j, c, d = g.merge("intersect", cj, dj)
    bk = g.lookup(g.B, 1, g.repeat(bi, c))
    crd_k, b, c = g.merge("intersect", bk, g.lookup(g.C, 1, c))
    dl = g.lookup(g.D, 1, g.repeat(d, b))
    _, b, d = g.merge("intersect", g.lookup(g.B, 2, b), dl)
    product = g.alu("mul", g.load(g.C, g.repeat(c, b)), g.load(g.B, b))
    product = g.alu("mul", product, g.load(g.D, d))
    return g.finish([crd_i, crd_j], g.reduce(g.reduce(product, crd_k), crd_j))


def elementwise(join, function, count):
    def build(i, j):
        names = "BCDE"[:count]
        g = Graph((i, j), dict.fromkeys(names, ((i, j), SS)))
        tensors = [getattr(g, name) for name in names]
        crd_i, *rows = g.merge(join, *(g.lookup(tensor, 0, g.root) for tensor in tensors))
        below = [g.lookup(tensor, 1, row) for tensor, row in zip(tensors, rows, strict=True)]
        crd_j, *refs = g.merge(join, *below)
        total, *others = (g.load(t, ref) for t, ref in zip(tensors, refs, strict=True))
        for other in others:
            total = g.alu(function, total, other)
        return g.finish([crd_i, crd_j], total)

    return build


KERNELS = {
    "spmv": (spmv, ["ij", "j"], "ij,j->i"),
    "mm_ijk": (mm_ijk, ["ik", "kj"], "ik,kj->ij"),
    "mm_ikj": (mm_ikj, ["ik", "kj"], "ik,kj->ij"),
    "mm_kij": (mm_kij, ["ik", "kj"], "ik,kj->ij"),
    "sddmm": (sddmm, ["ij", "ik", "jk"], "ij,ik,jk->ij"),
    "mttkrp": (mttkrp, ["ikm", "jk", "jm"], "ikm,jk,jm->ij"),
    "ewmul": (elementwise("intersect", "mul", 2), ["ij", "ij"], "ij,ij->ij"),
    "ewmul3": (elementwise("intersect", "mul", 3), ["ij"] * 3, "ij,ij,ij->ij"),
    "plus2": (elementwise("union", "add", 2), ["ij", "ij"], None),
    "plus3": (elementwise("union", "add", 3), ["ij"] * 3, None),
}
