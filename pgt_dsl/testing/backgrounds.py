"""The conformance suite of backgrounds: what whoever writes one runs on it.

    from pgt_dsl.testing.backgrounds import check_background

    print(check_background("stripes"))  # raises PluginFault where the background is wrong

Pictures of sizes and fields that Hypothesis draws; then real scenes over it.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from pgt_dsl.diagnostics import PgtError
from pgt_dsl.paint.backgrounds import Photos
from pgt_dsl.plugins.discover import load_ref
from pgt_dsl.plugins.extension import BackgroundKind, Extension, FieldSpec
from pgt_dsl.plugins.registry import Registry, registry
from pgt_dsl.testing.conformance import Report, hold, words

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["check_background"]

Fields = Mapping[str, Any]
Case = tuple[int, int, Fields, int]
_SEEDS = (1, 2**53 - 1)  # beside 0; a scene's seeds have 53 bits


def check_background(
    background: str | BackgroundKind,
    plugins: Registry | None = None,
    *,
    examples: int = 40,
    same: tuple[str, ...] = (),
    given: str = "",
) -> Report:
    """Run the whole suite on a background; returns what was compared.

    background: its name in ``plugins`` (None: all that are installed), or one that is not installed yet. same: fields
    that need not change a picture. given: what a spec's ``background`` cannot do without. Raises ``PluginFault``.
    """
    record, offered = _resolved(background, plugins)
    report = Report("background", record.name, f"check_background({record.name!r}, examples={examples})")
    if not record.doc.strip() or not all(spec.doc.strip() for spec in record.fields):
        raise report.fault("declaration", "it, or a field of it, has no doc")
    try:
        paint = load_ref(record.paint)
    except PgtError as error:
        raise report.fault("declaration", str(error)) from error
    report.add("declaration", 1 + len(record.fields))
    photos, names = _photos(record, offered)
    run = _Run(record, paint, photos, report)
    hold(_cases(record, offered, names), run.check, examples)
    run.fields_count(_usual(record, offered, names), same)
    _scenes(record, offered, report, given)
    return report


def _resolved(background: str | BackgroundKind, plugins: Registry | None) -> tuple[BackgroundKind, Registry]:
    offered = plugins or registry()
    if isinstance(background, str):
        if background not in offered.backgrounds:
            raise PgtError(
                f"there is no background `{background}`; there are: {', '.join(sorted(offered.backgrounds))}"
            )
        return offered.backgrounds[background], offered
    if offered.backgrounds.get(background.name) == background:
        return background, offered
    from pgt_dsl.builtin import extension

    tested = Extension("tested", backgrounds=(background,))
    made = Registry.load([("pgt-dsl", extension), ("the background under test", tested)])
    if made.problems:
        raise Report("background", background.name).fault("declaration", "; ".join(made.problems))
    return background, made


def _photos(record: BackgroundKind, offered: Registry) -> tuple[Photos | None, tuple[str, ...]]:
    """The shipped photos, and names of some, for the one background that shows photos."""
    if record.name != "photo" or offered.owner("backgrounds", "photo") != "pgt-dsl":
        return None, ()
    from pgt_dsl.photos.shipped import shipped_photos

    found = shipped_photos()
    return found, tuple(found.names[:3])


# drawn pictures -----------------------------------------------------------------------------------------


def _cases(record: BackgroundKind, offered: Registry, photos: tuple[str, ...]) -> SearchStrategy[Case]:
    from hypothesis import strategies as st

    sides = st.one_of(st.integers(1, 90), st.sampled_from([1, 7, 64]))
    fields = {spec.name: st.sampled_from(_values(spec, offered)) for spec in record.fields}
    if photos:
        fields["photo"] = st.sampled_from(list(photos))
    return st.tuples(sides, sides, st.fixed_dictionaries(fields), st.one_of(st.integers(0, 9), st.sampled_from(_SEEDS)))


def _usual(record: BackgroundKind, offered: Registry, photos: tuple[str, ...]) -> dict[str, list[Any]]:
    """Values of each field, usual ones."""
    found = {spec.name: _values(spec, offered) for spec in record.fields}
    return {**found, "photo": list(photos)} if photos else found


def _values(spec: FieldSpec, offered: Registry) -> list[Any]:
    """Values of a field as a scene has them."""
    said = (spec.default or "").lstrip("~= ")
    if spec.type == "text":
        return [said.strip('"')]
    if spec.type == "color":
        return list(dict.fromkeys(["#ffffff", "#000000", "#7f3c01", *list(offered.colors.values())[:3]]))
    values: dict[str, list[Any]] = {
        "length": [2.0, 1.0, 5.5, 40.0, 1000.0], "angle": [0.0, 33.0, 90.0, 359.5, -45.0],
        "number": [1.0, 0.5, 0.13, 2.0], "int": [1, 2, 7], "bool": [True, False],
        "point": [[10.0, 20.0], [0.0, 0.0], [500.0, -3.0]], "form": list(offered.forms)[:3],
    }  # fmt: skip
    return values[spec.type]


class _Run:
    """The checks of one background's function."""

    def __init__(self, record: BackgroundKind, paint: Any, photos: Photos | None, report: Report) -> None:
        self.record, self.paint, self.photos, self.report = record, paint, photos, report

    def _painted(self, case: Case) -> npt.NDArray[np.uint8]:
        width, height, fields, seed = case
        return np.array(self.paint(width, height, dict(fields), seed, self.photos))

    def _fault(self, check: str, problem: str, case: Case) -> AssertionError:
        width, height, fields, seed = case
        return self.report.fault(check, problem, f"{width} x {height} px, seed {seed}, {words(fields)}")

    def check(self, case: Case) -> None:
        """Form, determinism, no use or change of global random numbers, fields left alone."""
        width, height, fields, seed = case
        try:
            raw = self.paint(width, height, dict(fields), seed, self.photos)
        except Exception as error:
            raise self._fault("painting", f"it fails: {type(error).__name__}: {error}", case) from error
        if not isinstance(raw, np.ndarray) or raw.shape != (height, width, 3) or raw.dtype != np.uint8:
            got = f"{raw.dtype}{list(raw.shape)}" if isinstance(raw, np.ndarray) else type(raw).__name__
            raise self._fault("form", f"it gives {got}, not uint8[{height}, {width}, 3]", case)
        first = np.array(raw)
        states = random.getstate(), np.random.get_state(legacy=True)
        try:
            for number in (1, 2):
                random.seed(number)
                np.random.seed(number)
                before = random.getstate(), np.random.get_state(legacy=False)
                mine = dict(fields)
                again = np.array(self.paint(width, height, mine, seed, self.photos))
                after = random.getstate(), np.random.get_state(legacy=False)
                if not np.array_equal(first, again):
                    raise self._fault("determinism", "painted again it differs (global random numbers, time?)", case)
                if before[0] != after[0] or str(before[1]) != str(after[1]):
                    raise self._fault("determinism", "it uses global random numbers; its seed is given", case)
                if mine != fields:
                    raise self._fault("fields", "it changes the fields that it is given", case)
        finally:
            random.setstate(states[0])
            np.random.set_state(states[1])
        self.report.add("pictures")

    def fields_count(self, values: Mapping[str, list[Any]], same: tuple[str, ...]) -> None:
        """Each field changes the picture for some value and some others."""
        rng = random.Random(0)
        for name, choices in values.items():
            if len(choices) < 2 or name in same:
                continue
            for _ in range(24):
                base = {other: rng.choice(them) for other, them in values.items()}
                one, two = rng.sample(choices, 2)
                pictures = [self._painted((61, 47, {**base, name: value}, 3)) for value in (one, two)]
                if not np.array_equal(pictures[0], pictures[1]):
                    break
            else:
                raise self.report.fault("fields", f"`{name}` changes nothing; if it need not, say `same=({name!r},)`")
            self.report.add("fields")


def _scenes(record: BackgroundKind, offered: Registry, report: Report, given: str) -> None:
    """A task that names it gives scenes whose untouched pixels are those of the function."""
    from pgt_dsl.api import load
    from pgt_dsl.paint.backgrounds import background_pixels

    block = f" {{ {given} }}" if given else ""
    text = f'task "conformance/background"\nbackground behind: {record.name}{block}\nshape it: circle\n'
    text += 'ask "How wide is it?" answer canvas.width within 1px\n'
    try:
        pipeline = load(text, offered).pipeline(0, 64)
        scenes = pipeline.scenes(range(3))
        painted = pipeline.paint(scenes, ids=True)
    except (PgtError, ValueError, KeyError) as error:
        raise report.fault("scenes", f"this task gives no pictures:\n{text}{error}") from error
    for scene, picture in zip(scenes, painted, strict=True):
        ground = background_pixels(
            [scene.background], scene.width, scene.height, pipeline.photos, pipeline.plugin_backgrounds
        )
        assert picture.ids is not None
        x0, y0, x1, y1 = scene.shapes[0].box
        far = np.ones(picture.ids[0].shape, np.bool_)
        far[max(int(y0) - 2, 0) : int(y1) + 3, max(int(x0) - 2, 0) : int(x1) + 3] = False
        if not np.array_equal(picture.rgb[0][far], ground[0][far]):
            raise report.fault("scenes", f"pixels off the shape are not the background's, in\n{text}")
        report.add("scenes")
