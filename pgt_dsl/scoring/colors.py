"""Colours as models name them: the language's names, their usual other names, shades, and names that no palette has."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any

from pgt_dsl.scene.columns import color_names
from pgt_dsl.scoring.vocabulary import Vocabulary

Json = Any

_SHADES = ("light", "dark", "bright", "deep", "pale", "vivid", "solid", "medium", "strong", "pure", "royal", "pastel",
           "soft", "plain")  # fmt: skip

# Other names of colours. The first of a line that is in play is meant: "light blue" is cyan where there is cyan.
_OTHER: Mapping[str, tuple[str, ...]] = {
    "gray": ("grey",),
    "silver": ("grey",),
    "charcoal": ("grey", "black"),
    "violet": ("purple",),
    "lilac": ("purple",),
    "lavender": ("purple",),
    "indigo": ("purple", "navy"),
    "navy blue": ("navy", "blue"),
    "dark blue": ("navy", "blue"),
    "deep blue": ("navy", "blue"),
    "midnight blue": ("navy", "blue"),
    "light blue": ("cyan", "blue"),
    "sky blue": ("cyan", "blue"),
    "bright blue": ("blue", "cyan"),
    "turquoise": ("cyan",),
    "teal": ("cyan",),
    "aqua": ("cyan",),
    "dark red": ("maroon", "red"),
    "deep red": ("maroon", "red"),
    "burgundy": ("maroon",),
    "wine red": ("maroon", "red"),
    "crimson": ("red", "maroon"),
    "scarlet": ("red",),
    "light red": ("pink", "red"),
    "rose": ("pink",),
    "hot pink": ("pink",),
    "magenta": ("magenta", "pink"),
    "fuchsia": ("pink",),
    "golden yellow": ("yellow",),
    "dark orange": ("orange",),
    "dark yellow": ("yellow",),
    "dark brown": ("brown",),
    "lime green": ("green",),
    "forest green": ("green",),
    "emerald": ("green",),
}

_TINGES = ("reddish", "bluish", "greenish", "yellowish", "purplish", "pinkish", "brownish", "orangish", "blackish",
           "grayish", "greyish", "whitish")  # fmt: skip

# Colours that answers name and no palette of the language has. They are wrong, and they are mentions.
_STRANGE = ("gold", "golden", "beige", "tan", "cream", "lime", "olive", "salmon", "coral", "peach", "ivory", "bronze",
            "amber", "khaki", "mustard", "multicolored", "multicoloured", "rainbow")  # fmt: skip


@lru_cache(maxsize=256)
def color_vocabulary(in_play: frozenset[str]) -> Vocabulary:
    """Names with values ``"#rrggbb"``, and ``"none"``. in_play: the values of the question and its scene, which decide
    what a shade means. The key of a colour is its value."""
    made = Vocabulary()
    names = {name: value for value, name in reversed(list(color_names().items()))}
    for name, value in names.items():
        made.add(name, value, value, "colour")
    for other, meant in _OTHER.items():
        values = [names[name] for name in meant if name in names]
        if values:
            value = next((v for v in values if v in in_play), values[-1])
            made.add(other, value, value, "colour")
    for shade in _SHADES:
        for name, value in list(names.items()):
            made.add(f"{shade} {name}", value, value, "colour")
        made.add(f"{shade} gray", names.get("grey", "gray"), names.get("grey", "gray"), "colour")
    for tinge in _TINGES:
        for name in names:
            made.add(f"{tinge} {name}", f"{tinge} {name}", f"{tinge} {name}", "colour")
    for name in _STRANGE:
        made.add(name, name, name, "colour")
    if "none" in in_play:
        for words in ("none", "no colour", "no color", "transparent", "no fill"):
            made.add(words, "none", "none", "colour")
    return made


def colors_in(values: Collection[Json]) -> frozenset[str]:
    """The colours among values, lists of them included."""
    flat = [item for value in values for item in (value if isinstance(value, list | tuple) else (value,))]
    return frozenset(v for v in flat if isinstance(v, str) and (v.startswith("#") or v == "none"))
