"""Guesses of a model: gradient boosting on all nuisances, on the options, or on what is left of the pictures.

It learns on one half of the scenes and is counted on the other, by an exact binomial test against what its guesses
would hit if they had nothing to do with the answers. There is no early stopping: it hides small leaks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from pgt_dsl.audit.counting import Bools, Coded, Floats, Ints, chance, joined, strata
from pgt_dsl.audit.finding import Probe, Test
from pgt_dsl.audit.probe_options import features, usable
from pgt_dsl.audit.table import Column
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.scene.scene import Answered

ROUNDS = 60
LEAVES = 8
PAIRS = 8  # pairs that the model is given as columns of their own
LEARN = 6000  # scenes of each half
_NEEDED = "`pgt audit` needs scikit-learn and scipy: pip install 'pgt-dsl[audit]'"


def needed() -> None:
    """Raises ``PgtError`` where scikit-learn or scipy is missing."""
    try:
        import scipy.stats  # noqa: F401
        import sklearn.ensemble  # noqa: F401
    except ImportError as error:
        raise PgtError(_NEEDED) from error


def of_columns(ask: int, columns: Sequence[Column], y: Coded, seed: int) -> Test | None:
    """The test of all nuisances together; the pairs that the learning half finds strongest are columns, too."""
    usable_rows = np.flatnonzero(y.codes < y.levels)
    if not columns or len(usable_rows) < 200:
        return None
    learn = usable_rows % 2 == 0
    table = [np.where(c.there, c.values, -1e6).astype(np.float64) for c in columns]
    codes = [c.coded(paired=True) for c in columns][:40]
    half = replace(y, codes=np.where(np.arange(len(y.codes)) % 2 == 0, y.codes, y.levels))
    pairs = [(chance(joined(a, b), half)[0], i, j) for i, a in enumerate(codes) for j, b in enumerate(codes) if i < j]
    for _, i, j in sorted(pairs)[:PAIRS]:
        table.append(joined(codes[i], codes[j]).codes.astype(np.float64))
    x = np.column_stack(table)[usable_rows]
    what = "all columns together, by gradient boosting"
    return _tested("model", ask, what, x, _rows(y, usable_rows), learn, seed)


def of_pictures(ask: int, pixels: Floats, y: Coded, learn: Bools, seed: int) -> Test | None:
    """The test of small pictures (float64[n, d]) without the shapes that decide."""
    from sklearn.decomposition import PCA

    if len(pixels) < 200 or not pixels.std(axis=0).any():
        return None
    rows = np.flatnonzero(y.codes < y.levels)
    with _alone():
        pca = PCA(min(40, pixels.shape[1]), random_state=seed).fit(pixels[rows][learn[rows]])
        seen = pca.transform(pixels[rows])
    x = np.column_stack([seen, pixels[rows].mean(axis=1), pixels[rows].std(axis=1)])
    return _tested("picture", ask, "the picture without the shapes that decide", x, _rows(y, rows), learn[rows], seed)


def of_options(ask: int, asks: Sequence[Answered], seed: int) -> Test | None:
    """The test of everything that can be read off question and options: each option is scored, the best one chosen."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    rows = usable(asks)[: 2 * LEARN]
    if len(rows) < 200:
        return None
    words = {o: k for k, o in enumerate(sorted({o for k in rows for o in asks[k].options}))}
    x, owner, right = [], [], []
    for n, k in enumerate(rows):
        a = asks[k]
        told = features(a)
        for place, row in enumerate(told):
            others = sorted(r[1] for r in told)
            rank = others.index(row[1])
            steps = [others[j] - row[1] for j in range(len(others))][:4]
            x.append([*row, float(len(told)), float(a.paraphrase), float(words[a.options[place]] % 255), float(rank),
                      *steps, *([0.0] * (4 - len(steps)))])  # fmt: skip
            owner.append(n)
            right.append(place == a.correct)
    data, owners, truth = np.array(x), np.array(owner), np.array(right)
    learn = owners % 2 == 0
    if truth[learn].all() or not truth[learn].any():
        return None
    model = HistGradientBoostingClassifier(
        max_iter=ROUNDS, max_leaf_nodes=LEAVES, early_stopping=False, random_state=seed
    )
    with _alone():
        likely = model.fit(data[learn], truth[learn]).predict_proba(data[~learn])[:, 1]
    scores = likely + 1e-9 * np.random.default_rng(seed).random((~learn).sum())
    order = np.lexsort((-scores, owners[~learn]))
    firsts = np.r_[True, np.diff(owners[~learn][order]) != 0]
    hits = int(truth[~learn][order][firsts].sum())
    n = int(firsts.sum())
    fair = float(np.mean([1 / len(asks[k].options) for j, k in enumerate(rows) if j % 2]))
    return _binomial("model", ask, "question and options together, by gradient boosting", hits, n, fair)


@contextmanager
def _alone() -> Iterator[None]:
    """One thread: tables of some thousand rows are learned no faster by several, which wait for each other in a loop,
    and for long where other programs run too."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        yield


def _rows(y: Coded, rows: Ints) -> Coded:
    return replace(y, codes=y.codes[rows], given=None if y.given is None else y.given[rows])


def _tested(probe: Probe, ask: int, what: str, x: Floats, answers: Coded, learn: Bools, seed: int) -> Test | None:
    from sklearn.ensemble import HistGradientBoostingClassifier

    y = answers.codes
    if answers.given is not None:
        x = np.column_stack([x, answers.given])
    first, second = np.flatnonzero(learn)[:LEARN], np.flatnonzero(~learn)[:LEARN]
    kinds = len(np.unique(y[first]))
    if kinds < 2:
        return None
    rounds = ROUNDS if kinds <= 4 else ROUNDS // 3
    model = HistGradientBoostingClassifier(
        max_iter=rounds, max_leaf_nodes=LEAVES, early_stopping=False, random_state=seed
    )
    with _alone():
        guessed = model.fit(x[first], y[first]).predict(x[second])
    levels = int(y.max()) + 1
    fair = 0.0  # what guesses would hit that know no more than what is given
    said = np.zeros(len(y), np.int64)
    said[second] = guessed
    for rows in strata(answers, second):
        shares = np.bincount(y[rows], minlength=levels) / len(rows)
        fair += float((np.bincount(said[rows], minlength=levels) * shares).sum()) / len(second)
    return _binomial(probe, ask, what, int((guessed == y[second]).sum()), len(second), fair)


def _binomial(probe: Probe, ask: int, what: str, hits: int, n: int, fair: float) -> Test:
    """The exact test of that many hits, and the lower end of their share's 99 % interval (Clopper and Pearson)."""
    from scipy.stats import beta, binom

    least = float(beta.ppf(0.01, hits, n - hits + 1)) if hits else 0.0
    p = max(float(binom.sf(hits - 1, n, fair)), 1e-300) if 0 < fair < 1 else 1.0
    return Test(probe, ask, what, p, n, hits / n, fair, hint=f"right in at least {least:.1%} (99 % bound)")
