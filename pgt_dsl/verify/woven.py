"""What is looked at of the user's records in a mixed data set: that they are those of the mix, and their images."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from pathlib import Path

from pgt_dsl.dataset.formats.reading import Woven, json_value
from pgt_dsl.verify.faults import short
from pgt_dsl.verify.roster import Theirs
from pgt_dsl.verify.texts import Finding


def woven_findings(row: Woven, record: Theirs | None, mix: str) -> Iterator[Finding]:
    """What is wrong with a record of the mix of a name; ``record`` is None when none has its id."""
    for fault in row.faults:
        yield "files", fault, "", ""
    if record is None:
        yield "rows", "no record of this id was woven into this split", "an id of the manifest's mixes", short(row.id)
        return
    try:
        data = json_value(row.metadata)
        said = (data.get("mix"), data.get("record")) if isinstance(data, dict) else (None, None)
    except ValueError as error:
        yield "metadata", f"they are not JSON: {error}", "which record it is", short(row.metadata)
    else:
        if said != (mix, record.record):
            yield "metadata", "they name another record", short((mix, record.record)), short(said)
    if row.placeholders is not None and row.placeholders != len(row.images):
        yield "texts", "the number of `<image>`", str(len(row.images)), str(row.placeholders)
    for number, image in enumerate(row.images, 1):
        wrong = unopened(image)
        if wrong:
            yield "picture", f"image {number}: {wrong}", "a picture", ""


def unopened(image: bytes | Path) -> str:
    """Why an image file cannot be opened, or "". Its head is read, not its pixels."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(image) if isinstance(image, bytes) else image):
                return ""
    except FileNotFoundError:
        return f"`{image!s}` is not there"
    except Exception as error:  # Pillow's readers raise whatever a broken file leads them to
        said = (str(error).splitlines() or [""])[0]
        return f"it cannot be opened: {short(said or type(error).__name__)}"
