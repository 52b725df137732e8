"""bf16 on channels, in scratchpads and in tiers: two bytes an element, rounded once."""

from __future__ import annotations

import ml_dtypes
import numpy as np
from traced import run

BODY = """
ag load {
  context main {
    count i 0..8 par 4
    out x : vector bf16 @i
    load x[i] -> x
  }
}
pcu main {
  context main {
    count i 0..8 par 4
    in x : vector bf16 @i when i < 4 else 2.0
    out y : vector bf16 @i
    out s : scalar bf16 @pass
    out w : vector f32 @i
    tenth = truncf 0.1
    p = mulf x tenth
    t = reduce addf p over i
    e = extf p
    y <- p
    s <- t
    w <- e
  }
}
pmu words {
  memory m : bf16 words 8
  context add {
    count i 0..8 par 4
    in y : vector bf16 @i
    in free : control @pass
    out full : control @pass
    update m[i] buffer @pass addf <- y
  }
  context read {
    count i 0..8 par 4
    in full : control @pass
    out z : vector bf16 @i
    out free : control @pass
    read m[i] buffer @pass -> z
  }
}
ag store {
  context y {
    count i 0..8 par 4
    in z : vector bf16 @i
    store y[i] <- z
  }
  context s {
    in s : scalar bf16 @pass
    store s[0] <- s
  }
  context w {
    count i 0..8 par 4
    in w : vector f32 @i
    store w[i] <- w
  }
}
net vector load.main.x -> main.main.x capacity 4 discard
net vector main.main.y -> words.add.y capacity 4
net control words.add.full -> words.read.full capacity 1
net control words.read.free -> words.add.free capacity 1 init 1
net vector words.read.z -> store.y.z capacity 4
net scalar main.main.s -> store.s.s capacity 4
net vector main.main.w -> store.w.w capacity 4
"""
TENSORS = "x : bf16[8] input\n y : bf16[8] output\n s : bf16[1] output\n w : f32[8] output"


def test_values_and_bytes() -> None:
    """Eight elements are one burst of 16 bytes, asked for by two firings; their f32 are two.

    The second vector is the constant 2. The sum goes by the tree: neighbours, pairs, total, each
    rounded to bf16.
    """
    bf16 = ml_dtypes.bfloat16
    ran = run(BODY, TENSORS, {"x": np.arange(8)})
    factors = np.array([0, 1, 2, 3, 2, 2, 2, 2], bf16)
    products = factors * bf16(0.1)
    np.testing.assert_array_equal(ran.tensors["y"], products)
    np.testing.assert_array_equal(ran.tensors["w"], products.astype(np.float32))
    total = bf16(0)
    for p in products.reshape(2, 4):
        total = total + ((p[0] + p[1]) + (p[2] + p[3]))
    assert ran.tensors["s"][0] == total
    tier = ran.result.tiers[0]
    assert (tier.loaded_bytes, tier.stored_bytes) == (2 * 16, 2 * 16 + 16 + 2 * 16)
