"""Recipes: how specs become one data set. A spec never says it; a recipe (TOML) does.

seed = 7
size = 448
count = 20_000                       # or `samples` in every task
format = "parquet"
image = "jpeg"                       # or "png" (the default), "webp", "raw"
quality = 90
styles = { short = 3, options = 1 }
photos = "my/photos"                 # beside the recipe

[[task]]
specs = "spatial/*.pgt"              # a file, a folder or a pattern, beside the recipe
weight = 2                           # its part of `count`; each spec of a pattern counts alike

[[mix]]
data = "my/llava_v1_5_mix665k.json"  # records of the user's, woven in
images = "my/images"
share = 0.9                          # of the whole

[[split]]
name = "train"

[[split]]
name = "validation"
count = 500
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator, model_validator

from pgt_dsl.dataset.encode import Encoding
from pgt_dsl.dataset.formats.base import TRAIN
from pgt_dsl.dataset.mix.order import apportion
from pgt_dsl.dataset.mix.source import Mix
from pgt_dsl.dataset.pipeline import DEFAULT_SIZE, check_size
from pgt_dsl.dataset.recipe_faults import fail, invalid
from pgt_dsl.dataset.recipe_languages import SaidAfter, Spoken
from pgt_dsl.dataset.recipe_parts import files_of, settings, stepped
from pgt_dsl.dataset.record import STYLES
from pgt_dsl.dataset.series import Series
from pgt_dsl.dataset.sizes import sizes_of
from pgt_dsl.dataset.stages import StagePart, stages
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.passage import UNCHANGED, Changes, HeldOut, passage
from pgt_dsl.scene.coordinates import profile
from pgt_dsl.source import Source

MAX_BYTES = 256 * 1024
Text = Annotated[str, Field(min_length=1)]


class TaskPart(BaseModel):
    """One ``[[task]]``: which specs, and how many samples of each or what weight."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    specs: Text
    samples: int | None = Field(default=None, ge=1, description="samples of each spec")
    weight: float | None = Field(default=None, gt=0, description="part of `count`")
    styles: Mapping[str, float] | None = None
    languages: Spoken | None = None
    name: Text | None = Field(default=None, description="of the task, in place of the spec's own")
    clear: float | None = Field(default=None, ge=1, le=100, description="times the margins of `clear`")
    set: Mapping[str, Any] = Field(default_factory=dict, description="values of picks and lets")
    sweep: str | Mapping[str, Any] = Field(default_factory=dict, description="what a group of samples steps through")
    levels: str | Mapping[str, Any] = Field(default_factory=dict, description="what has equal numbers at each value")

    @field_validator("name")
    @classmethod
    def _called(cls, name: str | None) -> str | None:
        if name is not None and not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*(/[A-Za-z][A-Za-z0-9_]*)*", name):
            raise ValueError("a name is of words (letters, digits, _) with / between them, as in `spatial/left_red`")
        return name

    @field_validator("styles")
    @classmethod
    def _known(cls, styles: Mapping[str, float] | None) -> Mapping[str, float] | None:
        return None if styles is None else _styles(styles)

    @model_validator(mode="after")
    def _one(self) -> TaskPart:
        if self.samples is not None and self.weight is not None:
            raise ValueError("a task has `samples` or a `weight`, not both")
        if not isinstance(self.sweep, str) and len(self.sweep) > 1:
            raise ValueError("`sweep` steps through one pick or let, and holds all else")
        both = {*_names(self.sweep)} & {*_names(self.levels)}
        if both:
            raise ValueError(f"`{both.pop()}` is in `sweep` or in `levels`, not in both")
        return self


class MixPart(BaseModel):
    """One ``[[mix]]``: records of the user's, and how many of them; all without `samples`, `share` and `ratio`."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    data: Text
    name: Text | None = None
    images: Text | None = None
    samples: int | None = Field(default=None, ge=1)
    share: float | None = Field(default=None, gt=0, lt=1, description="of the whole")
    ratio: float | None = Field(default=None, gt=0, le=1e6, description="to one of ours")
    copy_: bool = Field(default=False, alias="copy")
    skip_bad: bool = False
    decode: bool = False
    split: Text | None = None

    @model_validator(mode="after")
    def _one(self) -> MixPart:
        if sum(value is not None for value in (self.samples, self.share, self.ratio)) > 1:
            raise ValueError("a mix has one of `samples`, `share` and `ratio`, or none of them")
        return self

    def mix(self, folder: Path, split: str) -> Mix:
        """The mix, whose paths start at the recipe's folder."""
        data = Path(self.data)
        name = self.name or (data.name if any(c in data.name for c in "*?[") else data.stem)
        return Mix(name, self.data, folder, self.images, self.samples, self.share, self.ratio, self.copy_,
                   self.skip_bad, self.decode, self.split or split)  # fmt: skip


class SplitPart(BaseModel):
    """One ``[[split]]``: its name, and how many samples of ours it has; one of them may leave it to the others. With
    ``where``, an expression, it has only scenes for which that is true, and no other split has any."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    count: int | None = Field(default=None, ge=1)
    where: Text | None = None

    @model_validator(mode="after")
    def _held(self) -> SplitPart:
        if self.where is not None and self.count is None:
            raise ValueError("a split with `where` says how many samples it has: `count = 500`")
        return self

    @field_validator("name")
    @classmethod
    def _named(cls, name: str) -> str:
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name):
            raise ValueError("the name of a split is of letters, digits and _, a letter first, as in `validation`")
        return name


PARTS: Mapping[str, type[BaseModel]] = {
    "task": TaskPart, "mix": MixPart, "split": SplitPart, "stage": StagePart, "series": Series,
}  # fmt: skip


class Recipe(BaseModel):
    """A recipe as written. Relative paths start at the folder of its file."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    task: tuple[TaskPart, ...] = Field(min_length=1)
    seed: int = 0
    size: int | Mapping[int, float] = DEFAULT_SIZE
    count: int | None = Field(default=None, ge=1)
    format: Text = "parquet"
    image: str = "png"
    quality: int | None = None
    styles: Mapping[str, float] = Field(default_factory=lambda: {"short": 1.0})
    photos: Text | None = None
    languages: Spoken = Field(default_factory=lambda: {"en": 1.0})
    suffix: SaidAfter = Field(default_factory=dict)
    coordinates: Text = "unit"
    croissant: bool = False
    series: Series | None = None
    mix: tuple[MixPart, ...] = ()
    split: tuple[SplitPart, ...] = ()
    stage: tuple[StagePart, ...] = ()

    @field_validator("styles")
    @classmethod
    def _known(cls, styles: Mapping[str, float]) -> Mapping[str, float]:
        return _styles(styles)

    @field_validator("coordinates")
    @classmethod
    def _placed(cls, coordinates: str) -> str:
        try:
            return str(profile(coordinates))
        except PgtError as error:
            raise ValueError(str(error).removesuffix(", or a `CoordinateProfile`")) from None

    @field_validator("size", mode="before")
    @classmethod
    def _sized(cls, size: Any) -> int | dict[int, float]:
        """One size, or several with their weights; the keys of a table are texts in TOML."""
        try:
            if isinstance(size, Mapping):
                weights = {int(side): weight for side, weight in size.items()}
                return dict(sizes_of(weights).weights)
            if isinstance(size, int) and not isinstance(size, bool):
                return check_size(size)
        except PgtError as error:
            raise ValueError(str(error)) from None
        except (ValueError, TypeError):
            pass
        raise ValueError("a size is a whole number of px, or a table of some with weights, as in {336 = 3, 448 = 1}")

    @field_validator("image")
    @classmethod
    def _written(cls, image: str) -> str:
        try:
            return Encoding(image).image
        except PgtError as error:
            raise ValueError(str(error)) from None

    @field_validator("quality")
    @classmethod
    def _possible(cls, quality: int | None, others: ValidationInfo) -> int | None:
        try:
            return Encoding(others.data.get("image", "jpeg"), quality).quality
        except PgtError as error:
            raise ValueError(str(error)) from None

    @model_validator(mode="after")
    def _counted(self) -> Recipe:
        weighed = [part for part in self.task if part.samples is None]
        if weighed and self.whole is None:
            raise ValueError("give every task its `samples`, or the recipe a `count` that is shared by weight")
        if sum(part.count is None for part in self.split) > 1:
            raise ValueError("only one split may leave its `count` to what the others do not take")
        if self.split and all(part.where is not None for part in self.split):
            raise ValueError('one split has no `where`: the one that is trained on, as in `name = "train"`')
        return self

    @property
    def whole(self) -> int | None:
        """The samples that are shared by weight: `count`, or what the splits have together."""
        if self.count is not None or not self.split or any(part.count is None for part in self.split):
            return self.count
        return sum(part.count or 0 for part in self.split)

    def splits(self, total: int) -> dict[str, int]:
        """Samples of each split, of so many in all; empty without splits. Raises ``ValueError`` when they do not add
        up."""
        given = sum(part.count or 0 for part in self.split)
        rest = total - given
        open_ = any(part.count is None for part in self.split)
        if self.split and (rest < 1 if open_ else rest):
            left = f"which leaves nothing for the other of {total:,}" if open_ else f"and the tasks {total:,}"
            raise ValueError(f"the splits have {given:,} samples together, {left}")
        return {part.name: part.count or rest for part in self.split}

    def mixes(self, folder: Path) -> tuple[Mix, ...]:
        """The mixes; without a `split` they go to the first one."""
        first = self.split[0].name if self.split else TRAIN
        return tuple(part.mix(folder, first) for part in self.mix)


def _names(said: str | Mapping[str, Any]) -> list[str]:
    """The names that ``sweep`` or ``levels`` has."""
    return [said] if isinstance(said, str) else list(said)


def _styles(styles: Mapping[str, float]) -> Mapping[str, float]:
    _check_names(styles)
    if not all(0 <= weight < math.inf for weight in styles.values()) or not any(styles.values()):
        raise ValueError("weights are finite numbers from 0 up, at least one above 0")
    return styles


def _check_names(styles: Iterable[str]) -> None:
    unknown = [name for name in styles if name not in STYLES]
    if unknown:
        raise ValueError(f"no answer style `{unknown[0]}`; there are: {', '.join(STYLES)}")


@dataclass(frozen=True, slots=True)
class Portion:
    """A spec file, how many samples it gives, its answer styles, what is changed in it, and its languages."""

    file: Path
    samples: int
    styles: Mapping[str, float]
    changes: Changes = UNCHANGED
    languages: Mapping[str, float] = field(default_factory=lambda: {"en": 1.0})


def read_recipe(path: Path) -> tuple[Recipe, list[Portion]]:
    """A recipe and what it asks of each spec. Raises ``SpecError`` (with the line where it can be told)."""
    source = recipe_source(path)
    try:
        recipe = Recipe.model_validate(tomllib.loads(source.text))
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        fail(source, "R801", f"this is not TOML: {error}", source.line(int(found[1])).strip() if found else "")
    except ValidationError as error:
        invalid(source, error, Recipe, PARTS)
    portions = _portions(recipe, path, source)
    if not recipe.stage:
        return recipe, portions
    parts = stages(recipe.stage, [portion.samples for portion in portions], source)
    return recipe, [
        replace(portion, samples=samples, changes=replace(portion.changes, stage=stage))
        for stage, counts in parts
        for portion, samples in zip(portions, counts, strict=True)
        if samples
    ]


def recipe_source(path: Path) -> Source:
    """The text of a recipe, to tell faults in. Raises ``PgtError`` when it cannot be read."""
    return Source(str(path), _text(path))


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise PgtError(f"{path}: a recipe has at most {MAX_BYTES} bytes")
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise PgtError(f"{path}: a recipe is UTF-8 text; this file is not") from None
    except OSError as error:
        raise PgtError(f"cannot read the recipe `{path}`: {error.strerror or error}") from error


def _portions(recipe: Recipe, path: Path, source: Source) -> list[Portion]:
    """Samples by file: fixed numbers first, the rest of ``count`` by weight (largest remainders)."""
    files: list[tuple[TaskPart, list[Path]]] = []
    seen: dict[tuple[Path, str | None], str] = {}
    for number, part in enumerate(recipe.task):
        found = files_of(part.specs, path, source)
        if part.name and len(found) > 1:
            fail(source, "R803", f"`{part.specs}` is {len(found)} specs, and `{part.name}` the name of one", part.name,
                 ("task", str(number)), ["give each of them a `[[task]]` of its own, or leave out `name`"])  # fmt: skip
        for file in found:
            key = file.resolve(), part.name
            if key in seen:
                fail(source, "R803", f"`{file.name}` is asked for twice: by `{seen[key]}` and by `{part.specs}`",
                     part.specs, ("task", str(number)),
                     ['give one of the two tasks a `name`, as in `name = "few"`'])  # fmt: skip
            seen[key] = part.specs
        files.append((part, found))
    fixed = sum(part.samples * len(found) for part, found in files if part.samples is not None)
    rest = (recipe.whole or 0) - fixed
    weights = [(part.weight or 1.0) if part.samples is None else 0.0 for part, found in files for _ in found]
    if any(weights) and rest < 1:
        fail(source, "R804", f"the tasks with `samples` take {fixed}, nothing is left of `count = {recipe.whole}`",
              "count")  # fmt: skip
    shared = iter(apportion(max(rest, 0), weights))
    portions = []
    for number, (part, found) in enumerate(files):
        changes = Changes(
            part.name or "", settings(source, number, part.set),
            {**stepped(source, number, "sweep", part.sweep, True),
             **stepped(source, number, "levels", part.levels, False)},
            clearer=part.clear or 1.0,
            clear=passage(source, "task", number, "clear") if part.clear is not None else None,
        )  # fmt: skip
        for file in found:
            by_weight = next(shared)
            samples = part.samples if part.samples is not None else by_weight
            portions.append(Portion(file, samples, part.styles or recipe.styles, changes,
                                    part.languages or recipe.languages))  # fmt: skip
    portions = [p for p in portions if p.samples]
    names = [part.name for part in recipe.split]
    for k, name in enumerate(names):
        if name in names[:k]:
            fail(source, "R808", f"two splits are named `{name}`", name, ("split", str(k)))
    try:
        recipe.splits(sum(p.samples for p in portions))
    except ValueError as error:
        open_ = any(part.count is None for part in recipe.split)
        words = "lower it, or raise the samples of the tasks" if open_ else "leave out one, which then has the rest"
        fail(source, "R809", str(error), "count", ("split", str(len(names) - 1)), [f"the `count` of a split: {words}"])
    return portions


def held_out(recipe: Recipe, path: Path) -> tuple[HeldOut, ...]:
    """The splits with ``where``. Raises ``SpecError``."""
    source = recipe_source(path)
    found = []
    for number, part in enumerate(recipe.split):
        if part.where is not None:
            text = passage(source, "split", number, "where")
            if text is None:
                fail(source, "R810", "`where` cannot be read in place", "where", ("split", str(number)))
            found.append(HeldOut(part.name, text, part.count or 0))
    return tuple(found)
