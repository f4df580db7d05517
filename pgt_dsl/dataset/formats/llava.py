"""LLaVA-v1.5 JSON: ``llava.json`` beside a folder of images, as ``--data_path`` and ``--image_folder`` take them.

Samples with several images (cut panels) have a list under ``image`` and one ``<image>`` for each.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pgt_dsl.dataset.formats.base import BuildInfo, Growing, conversations, drop_images, image_files, image_paths
from pgt_dsl.dataset.given import Row


class LlavaWriter:
    """``llava.json`` (one array), ``images/`` and ``scenes.jsonl`` (id and metadata of each sample, to replay it)."""

    def __init__(self, folder: Path, info: BuildInfo) -> None:
        self._images = folder / "images"
        self._images.mkdir(exist_ok=True)
        mark = info.mark
        self._info, self._name = info, info.named("llava", ".json")
        drop_images(folder / self._name, mark.get("json", 0), self._images, lambda item: item["image"])
        self._json = Growing(folder / self._name, mark.get("json", 0))
        self._scenes = Growing(folder / info.named("scenes", ".jsonl"), mark.get("scenes", 0))
        self._written = mark.get("written", 0)
        if not mark:
            self._json.add("[")

    def write(self, samples: Sequence[Row]) -> None:
        """Write records, then their images. A record without an image has no key ``image``."""
        for sample in samples:
            names = image_paths(sample)
            image: Any = names[0] if len(names) == 1 else names
            turns = conversations(sample, "<image>\n" * len(names))
            item = {"id": sample.id, **({"image": image} if names else {}), "conversations": turns}
            self._json.add(("," if self._written else "") + "\n" + json.dumps(item, ensure_ascii=False))
            scene = json.dumps({"id": sample.id, "task": sample.task, "metadata": sample.metadata}, ensure_ascii=False)
            self._scenes.add(scene + "\n")
            self._written += 1
        self._json.flush()  # before the images: whatever image is there, a record names it
        for sample in samples:
            for name, data in image_files(sample):
                (self._images / name).write_bytes(data)

    def mark(self) -> Mapping[str, Any]:
        """How long the files are."""
        self._json.flush()
        self._scenes.flush()
        return {"json": self._json.bytes, "scenes": self._scenes.bytes, "written": self._written}

    def leave(self) -> None:
        """Close the files as they are."""
        self._json.close()
        self._scenes.close()

    def close(self) -> None:
        """End the array."""
        self._json.add("\n]\n")
        self.leave()

    def front_matter(self) -> str:
        """The split; images stay file names, as LLaVA's loader wants them."""
        return self._info.front_matter + self._name + "\n"

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
