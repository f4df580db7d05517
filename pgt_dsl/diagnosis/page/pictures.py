"""Pictures of questions for a page that needs no other file: data URLs, as large as a page shows them."""

from __future__ import annotations

import base64
import io
from collections.abc import Collection, Mapping

from pgt_dsl.diagnosis.rows import Answers
from pgt_dsl.probe.question import media_type

LARGEST = 448  # px of the longer side
MOST_BYTES = 120_000  # of a file that is taken as it is


def pictures(answers: Answers, keys: Collection[str]) -> Mapping[str, tuple[str, tuple[str, ...]]]:
    """By the key of a question: its text as it was asked, and its images as data URLs."""
    wanted, found = set(keys), dict[str, tuple[str, tuple[str, ...]]]()
    if answers.questions is None:
        return found
    for question in answers.questions:
        if question.key in wanted:
            found[question.key] = question.text, tuple(map(data_url, question.images))
            if len(found) == len(wanted):
                break
    return found


def data_url(file: bytes) -> str:
    """An encoded image as a data URL, made smaller where it is large."""
    from PIL import Image

    kind = media_type(file)
    with Image.open(io.BytesIO(file)) as opened:
        large = max(opened.size) > LARGEST or len(file) > MOST_BYTES
        image = opened.convert("RGB") if large else None
    if image is not None:
        image.thumbnail((LARGEST, LARGEST), Image.Resampling.LANCZOS)
        out = io.BytesIO()
        image.save(out, "WEBP", quality=88)
        file, kind = out.getvalue(), "image/webp"
    return f"data:{kind};base64,{base64.b64encode(file).decode('ascii')}"
