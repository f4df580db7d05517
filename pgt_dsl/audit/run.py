"""The audit of a task or of a finished data set, from scenes to findings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from pgt_dsl.audit import probe_candidates, probe_columns, probe_model, probe_options, probe_order, probe_question
from pgt_dsl.audit.causes import Causes
from pgt_dsl.audit.finding import Audit, Finding, Test
from pgt_dsl.audit.mends import mended
from pgt_dsl.audit.power import seen
from pgt_dsl.audit.table import Column, columns, left_out
from pgt_dsl.audit.targets import majority, target
from pgt_dsl.dataset.pipeline import Pipeline
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.program.meaning import meaning_hash
from pgt_dsl.scene.assemble import scenes as assemble
from pgt_dsl.scene.scene import Scene
from pgt_dsl.solve.chance import holm

ALPHA = 0.01  # the chance, for all tests of a task together, of a leak that is none
HALF = 0.55  # of the way from chance to certainty: of two things of one law either alone gives exactly half
FEWEST = 200  # scenes of an audit
EXCHANGED = 256  # scenes between which columns are exchanged
PIXELS = 1600  # pictures
SMALL = 64  # px of them
_AT_ONCE = 2000  # scenes
_PAINTED = 64  # pictures


def audit_task(
    pipeline: Pipeline, scenes: int, alpha: float = ALPHA, pictures: int = PIXELS, source: str = ""
) -> Audit:
    """Draw that many scenes of a task and look for what gives its answers away.

    pictures: how many are painted without the shapes that decide, 0 for none. Raises ``PgtError`` where scenes are
    not found, or scikit-learn is missing.
    """
    probe_model.needed()
    made: list[Scene] = []
    for first in range(0, scenes, _AT_ONCE):
        made += pipeline.scenes(range(first, min(first + _AT_ONCE, scenes)))
    return audit_scenes(made, alpha, pipeline, pictures, source)


def audit_scenes(
    given: Sequence[Scene], alpha: float = ALPHA, pipeline: Pipeline | None = None, pictures: int = 0, source: str = "",
    finished: bool = False,
) -> Audit:  # fmt: skip
    """The audit of scenes of one task. Without its ``pipeline`` it cannot be known which columns an answer is computed
    from, so that only questions and options are tested. Pictures are of scenes drawn anew and small; of ``finished``
    data sets they are of the scenes given, which need not be what the program draws.

    Raises ``PgtError`` for fewer than 200 scenes (one of each group counts), or without scikit-learn.
    """
    probe_model.needed()
    scenes = _one_of_twins(given)
    if len(scenes) < FEWEST:
        of_twins = ", one of each group" if len(scenes) < len(given) else ""
        task = scenes[0].task if scenes else source
        raise PgtError(f"an audit of `{task}` needs {FEWEST} scenes at least; there are {len(scenes)}{of_twins}")
    seed = scenes[0].seed
    causes = None if pipeline is None else Causes(pipeline.sampler.batch(np.arange(EXCHANGED)))
    table = columns(scenes, causes.seen) if causes is not None else []
    tests: list[Test] = []
    untested = ["three columns and more together, but for what gradient boosting finds",
                "layers, which show where shapes overlap",
                "a nuisance beside what the answer is computed from, such as the distance of a bystander"]  # fmt: skip
    untested += left_out(scenes, causes.seen) if causes is not None else ()
    shares = []
    for k in range(len(scenes[0].asks)):
        asks = [scene.asks[k] for scene in scenes]
        y = target(asks)
        shares.append(majority(asks))
        if asks[0].form in ("shape", "text"):
            untested.append(f"how many options there are{_of(k, scenes)}: answers are held apart by it")
        if asks[0].form in ("shapes", "values"):
            untested.append(f"how long the list is that is answered{_of(k, scenes)}")
        if y.levels < 2 and asks[0].form == "shape":
            untested.append("answers that are shapes, told by their looks, but against the other shapes of the scene"
                            + _of(k, scenes))  # fmt: skip
        tests += probe_question.probe(k, asks, y)
        tests += probe_options.probe(k, asks, seed)
        extra = [probe_model.of_options(k, asks, seed)]
        if causes is not None and pipeline is not None:
            causal = causes.of(k, table)
            found = list(probe_columns.probe(k, table, causal, y))
            level = 10 * alpha / (len(found) + 100)
            tests += [probe_columns.confirmed(t, table, y, seed) if t.p < level and not t.cue else t for t in found]
            decisive = frozenset(c.group for c, cue in zip(table, causal, strict=True) if cue and c.group)
            if pictures:
                decisive |= causes.deciding_parts(k)
            if sum(not cue for cue in causal) * (sum(not cue for cue in causal) - 1) // 2 > probe_columns.PAIRS:
                untested.append(f"all pairs of columns but the first {probe_columns.PAIRS}{_of(k, scenes)}")
            groups = _candidates(k, pipeline)
            if groups and asks[0].form == "shape":
                tests += probe_candidates.probe(k, scenes, groups, causes.seen, partial(causes.reads, k), seed)
            elif groups and asks[0].form in ("shapes", "values"):
                tests += probe_order.probe(k, scenes, groups, causes.seen, partial(causes.reads, k), seed)
            elif asks[0].form in ("shape", "shapes", "values"):
                untested.append(f"which shapes could be the answer{_of(k, scenes)}")
            free = [c for c, cue in zip(table, causal, strict=True) if not cue and c.there.all()]
            extra.append(probe_model.of_columns(k, free, y, seed))
            if pictures and causes.reads_photo(k):
                untested.append(f"the picture without what decides, since that is in the photo{_of(k, scenes)}")
            elif pictures:
                extra.append(_pictures(k, pipeline, pictures, decisive, scenes if finished else ()))
        tests += [test for test in extra if test is not None]
    if pipeline is None:
        untested.append("columns and pictures: which of them decide is told by a program, and the data set holds none")
    elif not pictures:
        untested.append("pictures")
    audit = _judged(tests, scenes, alpha, pipeline, table, untested, shares, source)
    if pipeline is not None:
        audit = replace(audit, program=pipeline.hash, meaning=meaning_hash(pipeline.program))
    return replace(audit, pictures=pictures)


def _judged(
    tests: Sequence[Test], scenes: Sequence[Scene], alpha: float, pipeline: Pipeline | None, table: Sequence[Column],
    untested: Sequence[str], shares: Sequence[str], source: str,
) -> Audit:  # fmt: skip
    suspects = [test for test in tests if not test.cue]
    cues = [test for test in tests if test.cue]
    leaks = []
    for test, p in zip(suspects, holm([t.p for t in suspects]), strict=True):
        if p < alpha:
            leaks.append(mended(test, p, pipeline, table))
    known = [
        mended(test, p, pipeline, table) for test, p in zip(cues, holm([t.p for t in cues]), strict=True) if p < alpha
    ]
    strong = [
        f for f in known if HALF < f.test.gain / max(1 - f.test.chance, 1e-9) < 0.999 and f.test.probe == "columns"
    ]
    by_gain = tuple(sorted(known, key=lambda f: -f.test.gain))
    return Audit(
        scenes[0].task, source, len(scenes), scenes[0].seed, alpha, len(suspects), _without_echoes(leaks),
        by_gain, tuple(strong), seen(suspects, alpha), tuple(untested), tuple(shares),
    )  # fmt: skip


def _without_echoes(leaks: Sequence[Finding]) -> tuple[Finding, ...]:
    """Leaks by their strength; of pairs only those that say more than a column of theirs that leaks alone."""
    alone = {(f.test.ask, f.test.columns[0]): f.test.gain for f in leaks if len(f.test.columns) == 1}
    kept = [
        f for f in leaks
        if len(f.test.columns) < 2
        or all(f.test.gain > alone[f.test.ask, c] + 0.02 for c in f.test.columns if (f.test.ask, c) in alone)
    ]  # fmt: skip
    return tuple(sorted(kept, key=lambda f: (-f.test.gain, f.test.p)))


def _one_of_twins(scenes: Sequence[Scene]) -> list[Scene]:
    """Of each minimal pair or sweep one, by lot: all share their nuisances, and would count one scene several times."""
    size = max((scene.twin for scene in scenes), default=0) + 1
    lots = np.random.default_rng(scenes[0].seed if scenes else 0).integers(0, size, len(scenes) + 1)
    return [s for k, s in enumerate(scenes) if not s.twin_of or s.twin == lots[k // size]]


def _of(ask: int, scenes: Sequence[Scene]) -> str:
    """Which question is meant, where there are several."""
    return f", question {ask + 1}" if len(scenes[0].asks) > 1 else ""


def _candidates(ask: int, pipeline: Pipeline) -> frozenset[str]:
    """The groups of the shapes that an answer chooses from: those of the answer, or of what it names a field of."""
    program, facts = pipeline.program, pipeline.sampler.facts
    waiting, found = [program.asks[ask].answer], set()
    while waiting:
        node = waiting.pop()
        if program.nodes[node].type.base == "shape":
            found |= {program.groups[g].name for g in facts.groups(node)}
        else:
            waiting += program.nodes[node].args
    return frozenset(found)


def _pictures(
    ask: int, pipeline: Pipeline, count: int, decisive: frozenset[str], given: Sequence[Scene]
) -> Test | None:
    """The test of pictures without the shapes of the groups that decide: of the first scenes given, or of scenes that
    are drawn small."""
    small = pipeline
    chosen = list(given[:count])
    if not chosen:
        small = replace(pipeline, size=SMALL, _before=[], _drawn=[])
        chosen = _one_of_twins(assemble(small.sampler.batch(np.arange(count)), small.hash))
    gone = {s.slot for scene in chosen for s in scene.shapes if s.group in decisive}
    gone |= {part for scene in chosen for s in scene.shapes if s.group in decisive for part in s.parts}
    bare = [replace(s, shapes=tuple(x for x in s.shapes if x.slot not in gone)) for s in chosen]
    pieces = [bare[first : first + _PAINTED] for first in range(0, len(bare), _PAINTED)]
    pixels = np.array([_shrunk(p.rgb[0]) for piece in pieces for p in small.paint(piece)])
    learn = np.arange(len(bare)) % 2 == 0
    return probe_model.of_pictures(ask, pixels, target([s.asks[ask] for s in bare]), learn, small.seed)


def _shrunk(rgb: np.ndarray) -> np.ndarray:
    """16 by 16 means of a picture, flat."""
    height, width = rgb.shape[0] // 16 * 16, rgb.shape[1] // 16 * 16
    cells = rgb[:height, :width].reshape(16, height // 16, 16, width // 16, 3)
    flat: np.ndarray = cells.mean(axis=(1, 3)).ravel()
    return flat
