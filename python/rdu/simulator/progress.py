"""How far a run has come, told now and then."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Takes the firings so far and the latest cycle in which a firing started, about; it may raise."""
