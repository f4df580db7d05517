"""The least leak that an audit could have seen: what it did not find is only known to be smaller than this."""

from __future__ import annotations

from collections.abc import Sequence

from pgt_dsl.audit.finding import Seen, Test

POWER = 0.8
_KINDS = {
    "question": "a word or wording of the question", "options": "a rule for choosing among the options",
    "candidates": "a rule for choosing among the shapes", "single": "a single column", "pair": "a pair of columns",
    "model": "a model that has learned all that there is to learn", "picture": "a masked picture, likewise",
}  # fmt: skip


def seen(tests: Sequence[Test], alpha: float) -> tuple[Seen, ...]:
    """For each kind of test the gain in accuracy that it finds with a chance of ``POWER``, at the level that Holm's
    correction asks of the first."""
    level = alpha / max(len(tests), 1)
    kinds: dict[str, list[Test]] = {}
    for test in tests:
        kind: str = test.probe if test.probe != "columns" else ("single" if len(test.columns) == 1 else "pair")
        kinds.setdefault(kind, []).append(test)
    found = []
    for kind, words in _KINDS.items():
        if kind in kinds:
            typical = sorted(kinds[kind], key=lambda t: t.degrees)[len(kinds[kind]) // 2]
            found.append(Seen(words, len(kinds[kind]), typical.n, _gain(kind, typical, level)))
    return tuple(found)


def _gain(kind: str, test: Test, level: float) -> float:
    from scipy.optimize import brentq
    from scipy.stats import binom, chi2, ncx2

    if kind in ("model", "picture"):
        p = min(max(test.chance, 0.01), 0.99)
        needed = binom.isf(level, test.n, p) + 1
        return max(0.0, float(brentq(lambda q: binom.sf(needed - 1, test.n, q) - POWER, p, 1 - 1e-12)) - p)
    threshold = chi2.isf(level, test.degrees)
    weight = brentq(lambda w: ncx2.sf(threshold, test.degrees, w) - POWER, 1e-3, 1e6)
    # a column that shows the answer in a share s of n scenes weighs s * s * (answers - 1) * n and gains
    # s * (1 - 1 / answers)
    answers = max(2.0, 1 / test.chance if test.chance else 2.0)
    return float((weight / (test.n * (answers - 1))) ** 0.5 * (1 - 1 / answers))
