"""The recipe of a suggestion as TOML: weights, and what is changed, with the reasons in comments."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from pgt_dsl.dataset.manifest import Manifest
from pgt_dsl.diagnosis.diagnose import Diagnosis
from pgt_dsl.diagnosis.suggest import Part


def recipe_text(found: Diagnosis, parts: Sequence[Part], manifest: Manifest, specs: Mapping[str, str]) -> str:
    """The text of a recipe. ``specs``: how the recipe names the spec of each task; a task without is told in a comment.

    The samples are as many as the data set had, of its size and styles, with the next seed: what was asked is not
    trained on."""
    used = [part for part in parts if part.weight and part.task in specs]
    lost = [part.task for part in parts if part.weight and part.task not in specs]
    styles = ", ".join(f"{name} = {weight:g}" for name, weight in manifest.styles.items())
    sizes = ", ".join(f"{side} = {weight:g}" for side, weight in manifest.sizes.items())
    size = f"{{ {sizes} }}" if sizes else str(manifest.size)
    lines = [
        _comment(f"For {found.model}: right in {found.all.rate:.1%} of {found.all.asked:,} questions."),
        "# A task weighs most where half of what guessing does not give is known. Made by `pgt report --recipe`.",
        f"seed = {manifest.seed + 1}  # other scenes than those that were asked",
        f"count = {manifest.count}",
        f"size = {size}",
        f"styles = {{ {styles} }}",
        *([f"coordinates = {_text(manifest.coordinates)}"] if manifest.coordinates != "unit" else []),
    ]
    for part in parts:
        if not part.weight:
            lines += ["", *(_comment(f"{part.task} is left out: {why}.") for why in part.why)]
    for task in dict.fromkeys(lost):
        lines += ["", _comment(f"{task} is left out, for its spec was not found.")]
    for part in used:
        lines += ["", *(_comment(f"{part.task}: {why}.") for why in part.why), "[[task]]",
                  f"specs = {_text(specs[part.task])}"]  # fmt: skip
        if part.name or part.set:
            lines.append(f"name = {_text(_name(part.name or part.task))}")
        lines.append(f"weight = {part.weight:g}")
        if part.clear is not None:
            lines.append(f"clear = {part.clear:g}")
        if part.set:
            told = ", ".join(f"{name} = [{', '.join(map(_value, values))}]" for name, values in part.set.items())
            lines.append(f"set = {{ {told} }}")
    return "\n".join(lines) + "\n"


def _comment(text: str) -> str:
    return "# " + re.sub(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+", " ", text)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _value(text: str) -> str:
    """A value of the language: a plain number as it is, all else between TOML's quotes."""
    return text if re.fullmatch(r"-?\d+", text) else _text(text)


def _name(task: str) -> str:
    """A name as recipes allow it."""
    words = [re.sub(r"[^A-Za-z0-9_]", "_", word) for word in task.split("/")]
    return "/".join(word if word[:1].isalpha() else f"t{word}" for word in words)
