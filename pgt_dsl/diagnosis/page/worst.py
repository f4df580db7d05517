"""The worst regions, each with pictures: what was asked, what the model said, what is right."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from pgt_dsl.diagnosis.biases import LETTER, LETTERS
from pgt_dsl.diagnosis.diagnose import WORST, Diagnosis
from pgt_dsl.diagnosis.factors import Factor
from pgt_dsl.diagnosis.look import Look, word_of
from pgt_dsl.diagnosis.page.pictures import pictures
from pgt_dsl.diagnosis.page.sections import title
from pgt_dsl.diagnosis.rows import Row

EACH = 4  # pictures of a region
MOST_TEXT = 400  # letters of the model's words
Seen = Mapping[str, tuple[str, tuple[str, ...]]]


@dataclass(frozen=True)
class Place:
    """Where a model is bad: in words, and wrong answers of there."""

    title: str
    told: str
    rows: tuple[Row, ...]


def worst(found: Diagnosis) -> str:
    """The worst regions of a model, each with pictures."""
    shown = [(place, cases(place.rows)) for place in places(found)]
    seen = pictures(found.answers, {row.key for _, rows in shown for row in rows})
    if not seen:
        return ""
    return "<h3>Where it is worst</h3>" + "".join(_place(place, rows, seen) for place, rows in shown)


def places(found: Diagnosis) -> list[Place]:
    """Three places: regions of variables that are named; other findings, each scope once; then the regions that come
    next, of which it is said that they may be chance."""
    named = [_region(factor) for factor in found.worst if factor.look.named]
    taken: set[str] = set()
    for look in sorted((one for one in found.findings if one.kind != "factor"), key=lambda one: _ORDER[one.kind]):
        if look.scope not in taken or not look.scope:
            taken.add(look.scope)
            named.append(Place(title(look), f"{look.says}.", _rows(found, look)))
    return [*named, *(_region(factor) for factor in found.worst if not factor.look.named)][:WORST]


_ORDER = {"mistake": 0, "bias": 1, "weak": 2}


def _rows(found: Diagnosis, look: Look) -> tuple[Row, ...]:
    """The wrong answers that a finding is about."""
    rows = tuple(row for row in found.answers.apart if not row.right and look.scope in ("", row.task))
    if look.kind == "mistake":
        return tuple(row for row in rows if row.mistake == look.subject)
    if look.kind == "bias":
        said = _letter if look.where == LETTER else _read
        return tuple(row for row in rows if said(row) == look.subject)
    return rows


def _region(factor: Factor) -> Place:
    inside, outside = factor.rates
    look = factor.look
    named = "" if look.named else (
        f" It goes with {look.behind}." if look.behind else " That may be chance: it is not named.")  # fmt: skip
    told = f"Right in {inside:.0%} of {look.of:,}, and in {outside:.0%} elsewhere.{named}"
    return Place(f"{look.scope}: {factor.region.name}", told, factor.inside)


def cases(rows: tuple[Row, ...]) -> list[Row]:
    """Some wrong answers, any as likely; the same each time."""
    wrong = [row for row in rows if not row.right]
    return sorted(wrong, key=lambda row: hashlib.blake2b(f"case/{row.key}".encode(), digest_size=8).digest())[:EACH]


def _place(place: Place, rows: list[Row], seen: Seen) -> str:
    return (
        f'<section class="region"><h4>{escape(place.title)}</h4><p class=soft>{escape(place.told)}</p>'
        f'<div class="cases">{"".join(_case(row, seen) for row in rows)}</div></section>'
    )


def _letter(row: Row) -> str:
    return "" if row.option is None else LETTERS[row.option]


def _read(row: Row) -> str:
    return "" if row.said is None else word_of(row.said, row.asked.form)


def _case(row: Row, seen: Seen) -> str:
    question, images = seen.get(row.key, (row.asked.question, ()))
    shown = "".join(f'<img src="{url}" alt="">' for url in images)
    text = row.text if len(row.text) <= MOST_TEXT else row.text[:MOST_TEXT] + " …"
    read = _read(row) or "no answer"
    right = row.asked.text
    if row.style == "options" and row.asked.correct is not None:
        right = f"{LETTERS[row.asked.correct]}. {right}"
    mistake = f"<dt>mistake<dd>{escape(row.mistake)}" if row.mistake else ""
    shape = row.asked.form in ("shape", "shapes", "point", "points", "box", "boxes")
    took = "" if shape or read.casefold() == row.text.strip(" .").casefold() else f"<dt>read as<dd>{escape(read)}"
    return (
        f'<article class="case"><button type="button" aria-label="larger">{shown}</button>'
        f"<p>{escape(question)}</p><dl><dt>it said<dd>{escape(text) or '(nothing)'}{took}"
        f"<dt>right<dd><b>{escape(right)}</b>{mistake}</dl></article>"
    )
