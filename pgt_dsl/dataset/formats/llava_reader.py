"""Reading back what ``formats.llava`` wrote: ``llava.json``, ``scenes.jsonl``, ``images/``."""

from __future__ import annotations

from pathlib import Path

from pgt_dsl.dataset.formats.base import TRAIN
from pgt_dsl.dataset.formats.reading import CONVERSATIONS
from pgt_dsl.dataset.formats.records_reader import RecordsReader


class LlavaReader(RecordsReader):
    """Images are named, one alone without a list."""

    __slots__ = ()
    table, images, before = "llava.json", "image", ""
    speech, placeholder = CONVERSATIONS, "<image>\n"


def read(folder: Path, splits: tuple[str, ...] = (TRAIN,)) -> LlavaReader:
    """The reader of the format ``llava``."""
    return LlavaReader(folder, splits)
