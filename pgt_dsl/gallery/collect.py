"""From a spec to its ``Entry``: scenes drawn, certified and painted, pictures written, yields and rates measured."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from pgt_dsl.compile import compile_source
from pgt_dsl.dataset.pipeline import Disagreed, Mispainted, Pipeline, check_size
from pgt_dsl.dataset.pixel_check import faults
from pgt_dsl.dataset.tally import Checked
from pgt_dsl.dataset.task import Task
from pgt_dsl.dataset.watch import Watch
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.gallery.entry import Asked, Entry, Marks, Measured, Option, Picture, Question, Sample, Share
from pgt_dsl.gallery.pictures import save
from pgt_dsl.paint.display import Painted
from pgt_dsl.photos.catalog import PhotoCatalog
from pgt_dsl.plugins.registry import Registry
from pgt_dsl.program.meaning import meaning_hash
from pgt_dsl.report import render_text
from pgt_dsl.scene.scene import Answered, Scene
from pgt_dsl.syntax import tree
from pgt_dsl.syntax.format import format_expr
from pgt_dsl.syntax.format_expr import text_literal
from pgt_dsl.syntax.limits import read_source

MEASURED = 96  # scenes on which yields and rates are measured
PATIENCE = 3.0  # processor seconds after which fewer have to do
FIRST = 8  # scenes that are drawn before the first look at the clock
ANSWERS, FEW = 8, 4  # different answers that are told with their shares, and how many where there are more
REJECTING = 4  # requirements
LONGEST = 4000  # letters of a spec that cannot be read as a task, and of an error


@dataclass(frozen=True, slots=True)
class Order:
    """What is shown of each task: ``count`` scenes (pairs, with twins, count as two) of ``size`` px and a ``seed``."""

    count: int
    size: int
    seed: int
    photos: PhotoCatalog
    plugins: Registry

    def __post_init__(self) -> None:
        check_size(self.size)


def collect(path: Path, shown: str, slug: Callable[[str], str], site: Path, order: Order) -> Entry | None:
    """The entry of a spec, with its pictures written below ``site``; None for a module.

    shown: what to call the file. slug: gives a task's name a form that is fit for addresses, unlike that of any other.
    Whatever is wrong with the spec is told in the entry: nothing is raised for it.
    """
    folder = Path(shown).parent.name
    name = f"{folder}/{path.stem}" if folder else path.stem
    entry = Entry(name, family_of(name), "", shown)
    try:
        source = read_source(path, shown)
        entry = replace(entry, spec=source.text[: 16 * LONGEST])
        compiled = compile_source(source, order.plugins)
        if compiled.program is None:
            return None
        task = Task(compiled.program, source, order.plugins, tuple(compiled.warnings))
        name = task.name.strip() or name
        entry = replace(entry, name=name, family=family_of(name))
        entry = replace(entry, slug=slug(name), doc=task.doc, program=task.hash, asked=_asked(compiled.spec, task))
        entry = replace(entry, meaning=meaning_hash(task.program))
        return _with_samples(entry, task, site, order)
    except PgtError as error:
        return _broken(entry, _told(error), slug)
    except Exception as error:  # a plugin's, or ours: the other tasks are shown all the same
        return _broken(entry, f"this is a bug in pgt-dsl or in a plugin: {type(error).__name__}: {error}", slug)


def family_of(name: str) -> str:
    """The family of a task: its name up to the first slash; all without one are in ``tasks``."""
    family, slash, _ = name.partition("/")
    return (family.strip() if slash else "") or "tasks"


def _broken(entry: Entry, error: str, slug: Callable[[str], str]) -> Entry:
    return replace(entry, slug=entry.slug or slug(entry.name), error=error[:LONGEST])


def _told(error: PgtError) -> str:
    if isinstance(error, Disagreed):
        return f"the oracle disagrees with a scene, so nothing of this task is shown:\n{error}"
    return str(error)


def _with_samples(entry: Entry, task: Task, site: Path, order: Order) -> Entry:
    pipeline = task.pipeline(order.seed, order.size, order.photos)
    twins = task.program.twin is not None
    indices = range(-(-order.count // 2) if twins else order.count)
    scenes = pipeline.scenes(indices)
    measured, seen = _measure(pipeline, len(indices))
    pipeline.certify(scenes)
    painted = pipeline.paint(scenes, ids=True)
    for scene, picture in zip(scenes, painted, strict=True):
        if picture.ids is not None and (
            wrong := faults(task.program, scene, picture.ids[0], order.plugins, order.photos)
        ):
            raise Mispainted(scene, wrong)
    on_photo = [bool(scene.background.photo) for scene in seen]
    photos = "all" if all(on_photo) else "some" if any(on_photo) else "none"
    watch = Watch(task.program, task.registry, pipeline.photos)
    watch.add(seen)
    warnings = tuple(render_text(w) for w in (*task.warnings, *watch.diagnostics(task.source, order.size)))
    samples = tuple(
        _sample(scene, save(scene, picture.rgb[0], entry.slug, site), _lively(scene, picture))
        for scene, picture in zip(scenes, painted, strict=True)
    )
    return replace(
        entry, samples=samples, measured=measured, photos=photos, several=any(len(s.cuts) > 1 for s in seen),
        twins=twins, warnings=warnings,
    )  # fmt: skip


def _measure(pipeline: Pipeline, first: int) -> tuple[Measured, list[Scene]]:
    """Draw further scenes and certify them, with a look at the clock. The sampler is planned by now."""
    pipeline.checked()  # what the scenes before these took is not counted
    seen: list[Scene] = []
    portion, taken = FIRST, 0.0
    indices = 0
    while indices < MEASURED and taken < PATIENCE:
        began = time.process_time()
        made = pipeline.scenes(range(first + indices, first + min(indices + portion, MEASURED)))
        pipeline.certify(made)
        taken += time.process_time() - began
        indices = min(indices + portion, MEASURED)
        portion *= 2
        seen += made
    return _measured(seen, taken, pipeline.checked()), seen


def _measured(seen: Sequence[Scene], seconds: float, checked: Checked) -> Measured:
    answers = Counter(scene.asks[0].text for scene in seen)
    common = answers.most_common(ANSWERS if len(answers) <= ANSWERS else FEW)
    margins = sorted(a.margin for scene in seen for a in scene.asks if a.margin is not None and a.margin < float("inf"))
    told = (margins[0], margins[len(margins) // 2], margins[-1]) if margins else None
    rejecting = sorted((passed / tried, label or reason) for (reason, label), (tried, passed) in checked.rows.items()
                       if passed < tried)  # fmt: skip
    return Measured(
        len(seen), len(seen) / max(seconds, 1e-6), checked.accepted / checked.attempts if checked.attempts else None,
        told, tuple(Share(text, many / len(seen)) for text, many in common), len(answers) - len(common),
        tuple(Share(text, share) for share, text in rejecting[:REJECTING]),
        sum(scenes for _, scenes in checked.chains.values()),
    )  # fmt: skip


# what the spec says ---------------------------------------------------------------------------------


def _asked(spec: tree.Spec, task: Task) -> tuple[Asked, ...]:
    asks = [item for item in spec.items if isinstance(item, tree.Ask)]
    return tuple(_one_asked(ask, made.form) for ask, made in zip(asks, task.program.asks, strict=False))


def _one_asked(ask: tree.Ask, form: str) -> Asked:
    margin = ask.margin
    amounts = ", ".join(format_expr(amount) for amount in margin.amounts) if margin is not None else ""
    clear, within = (amounts, "") if margin is not None and margin.mode == "clear" else ("", amounts)
    return Asked(tuple(text_literal(text)[1:-1] for text in ask.texts), form, clear, within, ask.even is not None)


# samples --------------------------------------------------------------------------------------------


def _lively(scene: Scene, painted: Painted) -> float:
    """How much there is to see: shapes, the share of the picture that they take, and a photo."""
    if painted.ids is None:
        return 0.0
    there = int(np.count_nonzero(np.bincount(painted.ids.ravel())[1:]))
    share = float((painted.ids > 0).mean())
    return min(there, 9) + 12 * math.sqrt(share) + (12 if scene.background.photo else 0)


def _sample(scene: Scene, pictures: tuple[Picture, ...], lively: float) -> Sample:
    label = f"sample {scene.index}" + (f", twin {'ab'[scene.twin % 2]}" if scene.twin_of else "")
    marks = _marks(scene) if not scene.cuts else Marks()
    return Sample(label, pictures, tuple(map(_question, scene.asks)), marks, scene.background.photo, lively)


def _question(ask: Answered) -> Question:
    named = {wrong.text: wrong.mistake for wrong in ask.wrong if wrong.mistake}
    options = tuple(
        Option(text, k == ask.correct, "" if k == ask.correct else named.get(text, ""))
        for k, text in enumerate(ask.options)
    )
    rest = [(text, name) for text, name in named.items() if text not in ask.options and text != ask.text]
    margin = ask.margin if ask.margin is not None and ask.margin < float("inf") else None
    return Question(ask.question, ask.text, options, tuple(Option(text, False, name) for text, name in rest),
                    ask.sentence, ask.reason, margin)  # fmt: skip


def _marks(scene: Scene) -> Marks:
    """The places that are answers, to be drawn over the picture."""
    points: list[tuple[float, float]] = []
    boxes: list[tuple[float, float, float, float]] = []
    for ask in scene.asks:
        if ask.form in ("point", "points"):
            points += [(x, y) for x, y in ([ask.value] if ask.form == "point" else ask.value)]
        elif ask.form in ("box", "boxes"):
            boxes += [(x0, y0, x1 - x0, y1 - y0)
                      for x0, y0, x1, y1 in ([ask.value] if ask.form == "box" else ask.value)]  # fmt: skip
    return Marks(tuple(points), tuple(boxes))
