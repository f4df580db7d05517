"""``messages`` by ms-swift: its ``load_dataset``, strict, and the images as its templates open them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import given

os.environ["ROOT_IMAGE_DIR"] = str(given.folder())

from swift.dataset import load_dataset
from swift.template.template_inputs import StdTemplateInputs
from swift.template.vision_utils import load_image


def rows(data: Any) -> Iterator[dict[str, Any]]:
    for each in data:
        inputs = StdTemplateInputs.from_dict(each)
        images = [load_image(image["path"] if isinstance(image, dict) else image) for image in inputs.images]
        texts = [message["content"] for message in inputs.messages]
        boxes = [json.dumps(list(map(float, box))) for box in (inputs.objects or {}).get("bbox") or []]
        yield given.row(None, [given.without("<image>", texts[0], len(images)), *texts[1:], *boxes], images)


if __name__ == "__main__":
    data, _ = load_dataset(str(given.folder() / "messages.jsonl"), strict=True, load_from_cache_file=False)
    given.hand_back(rows(data))
