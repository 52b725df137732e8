"""Write the operands of a sparse matrix product in the files of SciPy, NumPy and SAM's tools."""

import sys
from pathlib import Path

import numpy as np
import scipy.sparse

from rdu.frontends.sparse import write_folder
from rdu.semantics.fibertree import store

folder = Path(sys.argv[1])
folder.mkdir(exist_ok=True)
random = np.random.default_rng(0)
for name, shape in {"B": (7, 6), "C": (6, 5)}.items():
    array = ((random.random(shape) < 0.4) * random.integers(1, 6, shape)).astype(np.float32)
    np.save(folder / f"{name}.npy", array)
    scipy.sparse.save_npz(folder / f"{name}.npz", scipy.sparse.csr_array(array))
    write_folder(folder / "folder", name, store(array, ["compressed"] * 2, (0, 1)))
np.savez(folder / "C.npz", array=array)
