"""What holds for all tests."""

import gc


def pytest_collection_finish() -> None:
    """Look for garbage less often, and not among what imports have made.

    Each look goes through all that torch and MLIR hold: a fifth of the time of tests that compile.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)
