"""LLaVA-v1.5 JSON: ``llava.json`` beside a folder of images, as ``--data_path`` and ``--image_folder`` take them.

Samples with several images (cut panels) have a list under ``image`` and one ``<image>`` for each.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pgt_dsl.dataset.formats.base import BuildInfo, conversations
from pgt_dsl.dataset.formats.records import INSIDE, RecordsWriter, no_placeholder
from pgt_dsl.dataset.given import PLACEHOLDER, Row

FILE = "llava.json"


def record(sample: Row, paths: list[str]) -> dict[str, Any]:
    """``{"id", "image", "conversations"}``, with names of images instead of paths; a record without an image has no
    key ``image``. Raises ``PgtError`` when a text holds ``<image>``, which LLaVA would take for an image of its own."""
    no_placeholder(sample)
    names = [path.removeprefix(INSIDE) for path in paths]
    image: Any = names[0] if len(names) == 1 else names
    return {
        "id": sample.id,
        **({"image": image} if names else {}),
        "conversations": conversations(sample, f"{PLACEHOLDER}\n" * len(names)),
    }


class LlavaWriter(RecordsWriter):
    """``llava.json`` (one array), ``images/`` and ``scenes.jsonl`` (id and metadata of each sample, to replay it)."""

    def __init__(self, folder: Path, info: BuildInfo) -> None:
        super().__init__(folder, info, FILE, record, "image", before="")

    def usage(self, folder: Path) -> str:
        """The file and the folder that LLaVA's trainer takes."""
        place = folder.as_posix()
        return (
            "import json\n\n"
            f'records = json.load(open("{place}/{self._name}", encoding="utf-8"))\n'
            f"# LLaVA: --data_path {place}/{self._name} --image_folder {place}/images"
        )


def make(folder: Path, info: BuildInfo) -> LlavaWriter:
    """The writer of the format ``llava``."""
    return LlavaWriter(folder, info)
