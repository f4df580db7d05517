"""Reading back what ``formats.messages`` wrote: ``messages.jsonl``, ``scenes.jsonl``, ``images/``.

Points and boxes are ``objects`` of a record, and each has a ``<bbox>`` in an answer: the reader gives both as they
stand, an answer with its ``<bbox>`` and the places beside it.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from pgt_dsl.dataset.formats.base import TRAIN
from pgt_dsl.dataset.formats.reading import MESSAGES, Holds
from pgt_dsl.dataset.formats.records_reader import Places, RecordsReader


class MessagesReader(RecordsReader):
    """Images are paths in a list, and placeholders have no end of line."""

    __slots__ = ()
    table = "messages.jsonl"
    speech, placeholder = MESSAGES, "<image>"
    holds = Holds(place="<bbox>")

    def places(self, record: Any) -> Places:
        """The boxes of ``objects``, in px. Raises ``ValueError`` when they are none."""
        if "objects" not in record:
            return ()
        objects = record["objects"]
        if not isinstance(objects, dict) or objects.keys() != {"ref", "bbox"} or objects["ref"] != []:
            raise ValueError("`objects` is not an empty list `ref` and a list `bbox`")
        boxes = objects["bbox"]
        if not isinstance(boxes, list) or not all(_is_place(box) for box in boxes):
            raise ValueError("`bbox` of `objects` is not a list of points and boxes, two or four numbers each")
        return tuple(tuple(float(value) for value in box) for box in boxes)


def _is_place(box: Any) -> bool:
    return (
        isinstance(box, list)
        and len(box) in (2, 4)
        and all(type(value) in (int, float) and math.isfinite(value) for value in box)
    )


def read(folder: Path, splits: tuple[str, ...] = (TRAIN,)) -> MessagesReader:
    """The reader of the format ``messages``."""
    return MessagesReader(folder, splits)
