"""Messages as JSON lines, as ms-swift reads them: ``--dataset FOLDER/messages.jsonl``.

Answers that are points or boxes, and nothing else, are given as ``objects``: a ``<bbox>`` in the text for each, with
its place in px of the image. ms-swift writes it as the model wants it: of the resized picture, in thousandths, with its
own tokens. Other answers with coordinates in their text keep it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pgt_dsl.dataset.formats.base import BuildInfo
from pgt_dsl.dataset.formats.records import RecordsWriter, chat, no_placeholder
from pgt_dsl.dataset.given import PLACEHOLDER, Given, Row
from pgt_dsl.dataset.sample import Sample

FILE = "messages.jsonl"
BOX = "<bbox>"


def record(sample: Row, paths: list[str]) -> dict[str, Any]:
    """``{"id", "messages", "images"}``, and ``objects`` where answers are places."""
    if isinstance(sample, Given):
        theirs: dict[str, Any] = {"id": sample.id, "messages": chat(sample), "images": paths}
        return theirs if sample.objects is None else {**theirs, "objects": dict(sample.objects)}
    no_placeholder(sample, PLACEHOLDER, BOX, "<ref-object>")
    messages = chat(sample, PLACEHOLDER * len(paths))
    made: dict[str, Any] = {"id": sample.id, "messages": messages, "images": paths}
    boxes: list[list[float]] = []
    for turn, said in zip(sample.turns, messages[1::2], strict=True):
        places = _places(sample, turn.ask) if turn.style == "short" else []
        if places:
            said["content"] = ", ".join([BOX] * len(places))
            boxes += places
    if boxes:
        made["objects"] = {"ref": [], "bbox": boxes}
    return made


def _places(sample: Sample, number: int) -> list[list[float]]:
    """The points ``[x, y]`` or boxes ``[x0, y0, x1, y1]`` of an answer, px of the one image; none of other answers."""
    ask = sample.scene.asks[number]
    if ask.form not in ("point", "points", "box", "boxes") or len(sample.images) != 1 or sample.scene.cuts:
        return []
    several = ask.form in ("points", "boxes")
    return [[round(float(v), 2) for v in place] for place in (ask.value if several else [ask.value])]


class MessagesWriter(RecordsWriter):
    """``messages.jsonl``, ``images/`` and ``scenes.jsonl``."""

    def __init__(self, folder: Path, info: BuildInfo) -> None:
        super().__init__(folder, info, FILE, record, "images")

    def usage(self, folder: Path) -> str:
        """The options of ms-swift: paths of images are relative to its ``ROOT_IMAGE_DIR``."""
        place = folder.as_posix()
        return (
            "import json\n\n"
            f'records = [json.loads(line) for line in open("{place}/{self._name}", encoding="utf-8")]\n'
            f"# ms-swift: ROOT_IMAGE_DIR={place} swift sft --dataset {place}/{self._name} ..."
        )


def make(folder: Path, info: BuildInfo) -> MessagesWriter:
    """The writer of the format ``messages``."""
    return MessagesWriter(folder, info)
