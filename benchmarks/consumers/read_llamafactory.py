"""``sharegpt`` by LLaMA-Factory: its parser of ``dataset_info.json``, its converter, and the check of its plugin for
images that each ``<image>`` has its picture. torchaudio, which it imports for sounds, is stubbed where it lacks."""

from __future__ import annotations

import importlib.machinery
import sys
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import given

try:
    import torchaudio  # noqa: F401
except (ImportError, OSError):
    import transformers  # noqa: F401

    sys.modules["torchaudio"] = ModuleType("torchaudio")
    sys.modules["torchaudio"].__spec__ = importlib.machinery.ModuleSpec("torchaudio", None)

from datasets import load_dataset
from llamafactory.data.converter import align_dataset
from llamafactory.data.mm_plugin import get_mm_plugin
from llamafactory.data.parser import get_dataset_list
from PIL import Image


def rows() -> Iterator[dict[str, Any]]:
    folder = str(given.folder())
    (attributes,) = get_dataset_list(["pgt"], folder)
    path = given.folder() / attributes.dataset_name
    raw = load_dataset("json", data_files=str(path), split="train")
    arguments = SimpleNamespace(media_dir=folder, dataset_dir=folder, streaming=False, preprocessing_num_workers=None,
                                overwrite_cache=True)  # fmt: skip
    training = SimpleNamespace(local_process_index=0)
    aligned = align_dataset(raw, attributes, arguments, training)
    plugin = get_mm_plugin("llava", image_token="<image>")
    for each in aligned:
        messages = [*each["_prompt"], *each["_response"]]
        plugin._validate_messages(messages, each["_images"], [], [])
        images = [Image.open(image) for image in each["_images"]]
        texts = [message["content"] for message in messages]
        yield given.row(None, [given.without("<image>\n", texts[0], len(images)), *texts[1:]], images)


if __name__ == "__main__":
    given.hand_back(rows())
