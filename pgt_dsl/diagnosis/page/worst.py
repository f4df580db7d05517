"""The worst regions, each with pictures: what was asked, what the model said, what is right."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from html import escape

from pgt_dsl.diagnosis.diagnose import Diagnosis
from pgt_dsl.diagnosis.factors import Factor
from pgt_dsl.diagnosis.look import word_of
from pgt_dsl.diagnosis.page.pictures import pictures
from pgt_dsl.diagnosis.rows import Row

EACH = 4  # pictures of a region
MOST_TEXT = 400  # letters of the model's words
Seen = Mapping[str, tuple[str, tuple[str, ...]]]


def worst(found: Diagnosis) -> str:
    """The worst regions of a model; where no variable was found to matter, wrong answers as they come."""
    regions = [(factor, cases(factor.inside)) for factor in found.worst]
    other = [] if regions else cases(found.answers.apart)
    seen = pictures(found.answers, {row.key for _, rows in regions for row in rows} | {row.key for row in other})
    if not seen:
        return ""
    body = "".join(_region(factor, rows, seen) for factor, rows in regions)
    if other:
        body += f'<div class="cases">{"".join(_case(row, seen) for row in other)}</div>'
    return f"<h3>Worst cases</h3>{body}"


def cases(rows: tuple[Row, ...]) -> list[Row]:
    """Some wrong answers, any as likely; the same each time."""
    wrong = [row for row in rows if not row.right]
    return sorted(wrong, key=lambda row: hashlib.blake2b(f"case/{row.key}".encode(), digest_size=8).digest())[:EACH]


def _region(factor: Factor, rows: list[Row], seen: Seen) -> str:
    inside, outside = factor.rates
    look = factor.look
    named = "" if look.named else (
        f" It goes with {look.behind}." if look.behind else " That may be chance: it is not named.")  # fmt: skip
    return (
        f'<section class="region"><h4>{escape(look.scope)}: {escape(factor.region.name)}</h4>'
        f"<p class=soft>Right in {inside:.0%} of {look.of:,}, and in {outside:.0%} elsewhere.{escape(named)}</p>"
        f'<div class="cases">{"".join(_case(row, seen) for row in rows)}</div></section>'
    )


def _case(row: Row, seen: Seen) -> str:
    question, images = seen.get(row.key, (row.asked.question, ()))
    shown = "".join(f'<img src="{url}" alt="">' for url in images)
    text = row.text if len(row.text) <= MOST_TEXT else row.text[:MOST_TEXT] + " …"
    read = "no answer was found" if row.said is None else word_of(row.said, row.asked.form)
    right = row.asked.text
    if row.style == "options" and row.asked.correct is not None:
        right = f"{'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[row.asked.correct]}. {right}"
    mistake = f"<dt>mistake<dd>{escape(row.mistake)}" if row.mistake else ""
    shape = row.asked.form in ("shape", "shapes", "point", "points", "box", "boxes")
    took = "" if shape or read == row.text.strip() else f"<dt>read as<dd>{escape(read)}"
    return (
        f'<article class="case"><button type="button" aria-label="larger">{shown}</button>'
        f"<p>{escape(question)}</p><dl><dt>it said<dd>{escape(text) or '(nothing)'}{took}"
        f"<dt>right<dd><b>{escape(right)}</b>{mistake}</dl></article>"
    )
