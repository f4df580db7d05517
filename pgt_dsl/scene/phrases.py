"""What texts call a shape of a scene: "A", "the red star", "the clock", "the dog", or its box in coordinates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pgt_dsl.program import formats
from pgt_dsl.program.facts import OBJECT
from pgt_dsl.program.formats import Tongue, Unspeakable, decimal
from pgt_dsl.program.phrase_reading import hue_fields, is_free, spoken_text_field
from pgt_dsl.program.program import Group

Json = Any
Box = tuple[float, float, float, float]


def phrase(
    group: Group, fields: Mapping[str, Json], colors: Mapping[str, str], format: str | None = None,
    tongue: Tongue | None = None,
) -> str:  # fmt: skip
    """The phrase of a shape of ``group`` with ``fields``; ``colors`` names colours by ``"#rrggbb"``, ``tongue`` is None
    for English.

    Raises ``Unspeakable`` for a shape that has neither label nor name nor a named colour.
    """
    noun_phrase = formats.noun_phrase if tongue is None else tongue.noun_phrase
    if group.kind == OBJECT:
        return noun_phrase("", "", "", str(fields.get("category") or group.noun), format)
    if group.kind == "canvas":
        return noun_phrase("", "", "", "picture", format)
    written = spoken_text_field(group)
    label = str(fields.get("label") or "")
    name = str(fields.get("name") or "")
    if not label and not name and written:
        label = str(fields.get(written) or "")
    if label or name:
        return noun_phrase(label, name, "", "", format)
    noun = group.noun or ("" if group.composite else str(fields.get("form") or "")) or group.kind
    hue = next((fields[f] for f in hue_fields(group) if fields.get(f) not in (None, "none")), None)
    if group.composite and hue is None:
        return noun_phrase("", "", "", noun, format)
    if hue not in colors:
        what = "has no colour" if hue is None else f"has the colour {hue}, which has no name"
        raise Unspeakable(f"a {noun} of `{group.name}` {what}; give it a label or a name")
    return noun_phrase("", "", colors[str(hue)], noun, format)


def written_as_box(group: Group) -> bool:
    """Whether texts write a shape of the group by its box (virtual boxes and segments)."""
    return is_free(group) and group.kind != "canvas"


def box_words(box: Box, width: float, height: float, places: int = 2) -> str:
    """``[x0, y0, x1, y1]`` as shares of width and height."""
    x0, y0, x1, y1 = box
    shares = (x0 / width, y0 / height, x1 / width, y1 / height)
    return "[" + ", ".join(decimal(share, places) for share in shares) + "]"
