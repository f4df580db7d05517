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
"""

from __future__ import annotations

import difflib
import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, NoReturn

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator, model_validator

from pgt_dsl.dataset.encode import Encoding
from pgt_dsl.dataset.record import STYLES
from pgt_dsl.diagnostics import Collector, PgtError, SpecError
from pgt_dsl.source import Source, Span
from pgt_dsl.spec_files import SUFFIX, spec_files

MAX_BYTES = 256 * 1024
Text = Annotated[str, Field(min_length=1)]


class TaskPart(BaseModel):
    """One ``[[task]]``: which specs, and how many samples of each or what weight."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    specs: Text
    samples: int | None = Field(default=None, ge=1, description="samples of each spec")
    weight: float | None = Field(default=None, gt=0, description="part of `count`")

    @model_validator(mode="after")
    def _one(self) -> TaskPart:
        if self.samples is not None and self.weight is not None:
            raise ValueError("a task has `samples` or a `weight`, not both")
        return self


class Recipe(BaseModel):
    """A recipe as written. Relative paths start at the folder of its file."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    task: tuple[TaskPart, ...] = Field(min_length=1)
    seed: int = 0
    size: int = Field(default=336, ge=32, le=4096)
    count: int | None = Field(default=None, ge=1)
    format: Text = "parquet"
    image: str = "png"
    quality: int | None = None
    styles: Mapping[str, float] = Field(default_factory=lambda: {"short": 1.0})
    photos: Text | None = None

    @field_validator("styles")
    @classmethod
    def _known(cls, styles: Mapping[str, float]) -> Mapping[str, float]:
        unknown = [name for name in styles if name not in STYLES]
        if unknown:
            raise ValueError(f"no answer style `{unknown[0]}`; there are: {', '.join(STYLES)}")
        if not all(0 <= weight < math.inf for weight in styles.values()) or not any(styles.values()):
            raise ValueError("weights are finite numbers from 0 up, at least one above 0")
        return styles

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
        if weighed and self.count is None:
            raise ValueError("give every task its `samples`, or the recipe a `count` that is shared by weight")
        return self


@dataclass(frozen=True, slots=True)
class Portion:
    """A spec file and how many samples it gives."""

    file: Path
    samples: int


def read_recipe(path: Path) -> tuple[Recipe, list[Portion]]:
    """A recipe and what it asks of each spec. Raises ``SpecError`` (with the line where it can be told)."""
    source = Source(str(path), _text(path))
    try:
        recipe = Recipe.model_validate(tomllib.loads(source.text))
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        _fail(source, "R801", f"this is not TOML: {error}", source.line(int(found[1])).strip() if found else "")
    except ValidationError as error:
        _invalid(source, error)
    return recipe, _portions(recipe, path, source)


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
    seen: dict[Path, str] = {}
    for part in recipe.task:
        found = _files(part.specs, path, source)
        for file in found:
            key = file.resolve()
            if key in seen:
                _fail(source, "R803", f"`{file.name}` is asked for twice: by `{seen[key]}` and by `{part.specs}`",
                      part.specs)  # fmt: skip
            seen[key] = part.specs
        files.append((part, found))
    fixed = sum(part.samples * len(found) for part, found in files if part.samples is not None)
    rest = (recipe.count or 0) - fixed
    weights = [(part.weight or 1.0) if part.samples is None else 0.0 for part, found in files for _ in found]
    if any(weights) and rest < 1:
        _fail(source, "R804", f"the tasks with `samples` take {fixed}, nothing is left of `count = {recipe.count}`",
              "count")  # fmt: skip
    shared = iter(apportion(max(rest, 0), weights))
    portions = []
    for part, found in files:
        for file in found:
            by_weight = next(shared)
            portions.append(Portion(file, part.samples if part.samples is not None else by_weight))
    return [p for p in portions if p.samples]


def apportion(total: int, weights: list[float]) -> list[int]:
    """``total`` in whole parts by weight, largest remainders first (Hamilton's method)."""
    whole = sum(weights)
    if not whole:
        return [0] * len(weights)
    exact = [total * w / whole for w in weights]
    parts = [int(x) for x in exact]
    order = sorted(range(len(weights)), key=lambda k: (parts[k] - exact[k], k))
    for k in order[: total - sum(parts)]:
        parts[k] += 1
    return parts


def _files(pattern: str, path: Path, source: Source) -> list[Path]:
    """The specs of a file, folder or pattern beside the recipe (or among the shipped ones)."""
    from pgt_dsl.resources import data_path

    if Path(pattern).is_absolute() or ".." in Path(pattern).parts:
        _fail(source, "R802", f"`{pattern}` leaves the folder of the recipe", pattern)
    for folder in (path.parent, data_path("task_specs")):
        exact = folder / pattern
        try:
            if exact.is_dir():
                return list(spec_files([exact]))
        except SpecError:
            continue
        found = sorted(p for p in folder.glob(pattern) if p.suffix == SUFFIX and p.is_file())
        if not found and exact.with_name(exact.name + SUFFIX).is_file():
            found = [exact.with_name(exact.name + SUFFIX)]
        if found:
            return found
    _fail(source, "R802", f"`{pattern}` matches no spec", pattern)


def _invalid(source: Source, error: ValidationError) -> NoReturn:
    """Every fault that pydantic found, each with its place."""
    errors = Collector()
    faults = error.errors()
    deep = {fault["loc"][0] for fault in faults if len(fault["loc"]) > 1}
    for fault in faults:
        if fault["type"] == "too_short" and fault["loc"][0] in deep:
            continue  # pydantic counts only items without faults
        where = [str(part) for part in fault["loc"]]
        key = next((part for part in reversed(where) if not part.isdigit()), "")
        message = fault["msg"].removeprefix("Value error, ")
        helps: list[str] = []
        if fault["type"] == "extra_forbidden":
            known = list(TaskPart.model_fields if where[0] == "task" else Recipe.model_fields)
            close = difflib.get_close_matches(key, known, 1, 0.6)
            message = f"a {'task' if where[0] == 'task' else 'recipe'} has no `{key}`"
            helps = [*(f"did you mean `{c}`?" for c in close), "it has: " + ", ".join(known)]
        elif fault["type"] == "missing":
            message = f"{'a task' if where[0] == 'task' and len(where) > 1 else 'a recipe'} needs `{key}`"
            helps = ['write `specs = "FILE, FOLDER OR PATTERN"` below `[[task]]`']
        elif key:
            message = f"`{'.'.join(where)}`: {message[0].lower()}{message[1:]}"
        errors.error("R801", message, _span(source, key), help=helps)
    raise SpecError(errors.found)


def _fail(source: Source, code: str, message: str, near: str) -> NoReturn:
    errors = Collector()
    errors.error(code, message, _span(source, near))
    raise SpecError(errors.found)


def _span(source: Source, near: str) -> Span:
    """The first place of a word in the text; the start where it does not stand."""
    at = source.text.find(near) if near else -1
    return Span(source, max(at, 0), max(at, 0) + (len(near) if at >= 0 else 0))
