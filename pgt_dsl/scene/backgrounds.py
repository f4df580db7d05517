"""Which background a scene has: the declared one with its fields, or one chosen and drawn where nothing is said."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Protocol

from pgt_dsl.diagnostics import PgtError
from pgt_dsl.plugins.extension import BackgroundKind
from pgt_dsl.program.program import Background
from pgt_dsl.scene.chance import Chance
from pgt_dsl.scene.scene import BackgroundChoice

Json = Any

UNSAID = ("plain", "gradient", "noise")  # what the background ``any`` is one of
_NUMBER = r"([-+]?\d+(?:\.\d+)?)(px|vmin|vw|vh|deg|%)?"
_SEED_BITS = 53  # a JSON number holds it exactly


class Palette(Protocol):
    """What choosing needs of the registry."""

    @property
    def backgrounds(self) -> Mapping[str, BackgroundKind]:
        """Backgrounds by name."""
        ...

    @property
    def colors(self) -> Mapping[str, str]:
        """Colours by name."""
        ...

    @property
    def lists(self) -> Mapping[str, tuple[str, tuple[str, ...]]]:
        """Lists by name: (base type, items)."""
        ...


def choose_background(
    background: Background,
    fields: Mapping[str, Json],
    photo: str,
    palette: Palette,
    chance: Chance,
    width: float,
    height: float,
) -> BackgroundChoice:
    """The background of a scene; ``fields`` are the declared ones, ``photo`` the file's name ("" without one).

    Raises ``PgtError`` for a default that is no law of the simple forms (a value, ``~ a .. b``, ``~ list``).
    """
    kind = background.kind
    if kind == "any":
        kind = UNSAID[chance.below(len(UNSAID), "background")]
    made = {name: value for name, value in fields.items() if not name.startswith(" ")}
    known = palette.backgrounds.get(kind)
    if known is not None and kind != "photo":
        units = {"px": 1.0, "deg": 1.0, "": 1.0, "%": 0.01, "vw": width / 100, "vh": height / 100}
        units["vmin"] = min(width, height) / 100
        for spec in known.fields:
            if spec.name not in made and spec.default is not None:
                share = chance.shares(f"background.{kind}.{spec.name}")[0]
                made[spec.name] = drawn(spec.default, palette, units, share)
    seed = int(chance.shares("background.seed")[0] * 2**_SEED_BITS)
    return BackgroundChoice(kind, made, seed, photo)


def drawn(default: str, palette: Palette, units: Mapping[str, float], share: float) -> Json:
    """The value of a field's default at ``share`` (0 <= share < 1) of its law. Raises ``PgtError``."""
    form, parts = _read_default(default)
    if form == "span":
        return parts[0] * units[parts[1]] + (parts[2] * units[parts[3]] - parts[0] * units[parts[1]]) * share
    if form == "list" and parts in palette.lists:
        items = palette.lists[parts][1]
        item = items[min(int(share * len(items)), len(items) - 1)]
        return palette.colors.get(item, item)
    if form == "number":
        value, unit, is_whole = parts
        return int(value * units[unit]) if is_whole else value * units[unit]
    if form == "text":
        return parts
    if form == "word" and (parts in palette.colors or parts in ("none", "true", "false")):
        return {"true": True, "false": False}.get(parts, palette.colors.get(parts, "none"))
    raise PgtError(f"the default `{default}` of a background is no value, `~ a .. b` or `~ list`")


@lru_cache(maxsize=1024)
def _read_default(default: str) -> tuple[str, Any]:
    """The form of a default (span, list, number, text or word), and what it says."""
    text = default.strip()
    body = text[1:].strip()
    span = re.fullmatch(rf"{_NUMBER}\s*\.\.\s*{_NUMBER}", body)
    if text[0] == "~":
        return ("span", (float(span[1]), span[2] or "", float(span[3]), span[4] or "")) if span else ("list", body)
    number = re.fullmatch(_NUMBER, body)
    if text[0] == "=" and number:
        return "number", (float(number[1]), number[2] or "", not number[2] and "." not in number[1])
    if text[0] == "=" and re.fullmatch(r'"[^"\\]*"', body):
        return "text", body[1:-1]
    return ("word", body) if text[0] == "=" else ("", None)
