"""An item: one thing that is run against a mutant, with the functions that it calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Called = frozenset[tuple[str, str]]
"""Files (from the root) and qualified names of the functions that were called."""


@dataclass(slots=True)
class Item:
    """One thing to run. ``suite`` is what it counts as; ``run`` returns what is wrong, or "" ("~" where nothing is
    wrong, but something came out otherwise than without the mutant)."""

    suite: str
    name: str
    run: Callable[[], str]
    called: Called = frozenset()
    cost: float = 0.0
