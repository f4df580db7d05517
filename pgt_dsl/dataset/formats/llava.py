"""LLaVA-v1.5 JSON: ``llava.json`` beside a folder of images, as ``--data_path`` and ``--image_folder`` take them.

Samples with several images (cut panels) have a list under ``image`` and one ``<image>`` for each.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pgt_dsl.dataset.formats.base import BuildInfo, conversations
from pgt_dsl.dataset.formats.records import PLACEHOLDER, RecordsWriter, no_placeholder
from pgt_dsl.dataset.sample import Sample

FILE = "llava.json"


def record(sample: Sample, paths: list[str]) -> dict[str, Any]:
    """``{"id", "image", "conversations"}``, with names of images instead of paths. Raises ``PgtError`` when a text
    holds ``<image>``, which LLaVA would take for an image of its own."""
    no_placeholder(sample)
    names = [Path(path).name for path in paths]
    return {
        "id": sample.id,
        "image": names[0] if len(names) == 1 else names,
        "conversations": conversations(sample, f"{PLACEHOLDER}\n" * len(names)),
    }


class LlavaWriter(RecordsWriter):
    """``llava.json`` (one array), ``images/`` and ``scenes.jsonl`` (id and metadata of each sample, to replay it)."""

    def __init__(self, folder: Path, info: BuildInfo) -> None:
        super().__init__(folder, info, FILE, record, "image")

    def usage(self, folder: Path) -> str:
        """The file and the folder that LLaVA's trainer takes."""
        place = folder.as_posix()
        return (
            "import json\n\n"
            f'records = json.load(open("{place}/{FILE}", encoding="utf-8"))\n'
            f"# LLaVA: --data_path {place}/{FILE} --image_folder {place}/images"
        )


def make(folder: Path, info: BuildInfo) -> LlavaWriter:
    """The writer of the format ``llava``."""
    return LlavaWriter(folder, info)
