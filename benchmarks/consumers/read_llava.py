"""``llava`` by LLaVA's own training code: ``LazySupervisedDataset``, its conversation, its tokens and labels.

It opens one image a sample; samples with a list of them (LLaVA-NeXT reads those) are left to other readers.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import given
import numpy as np
import torch
from llava import conversation
from llava.constants import IGNORE_INDEX, IMAGE_TOKEN_INDEX
from llava.train import train


class Pictures:
    """An image processor that changes nothing, and keeps what it was given."""

    image_mean = (0.5, 0.5, 0.5)

    def preprocess(self, image: Any, return_tensors: str) -> dict[str, Any]:
        self.last = image
        return {"pixel_values": [torch.from_numpy(np.array(image)).permute(2, 0, 1)]}


def tokenizer() -> Any:
    """Bytes as tokens, with ``<s>`` before each text as LLaMA's has it."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    letters = {"<s>": 0, "</s>": 1}
    letters |= {letter: k + 2 for k, letter in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    bare = Tokenizer(models.BPE(vocab=letters, merges=[]))
    bare.add_special_tokens(["<s>", "</s>"])
    bare.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    bare.decoder = decoders.ByteLevel()
    bare.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 0)])
    made = PreTrainedTokenizerFast(tokenizer_object=bare, bos_token="<s>", eos_token="</s>", pad_token="<pad>",
                                   model_max_length=100_000)  # fmt: skip
    made.legacy = True  # as LLaMA's of that time says: no space before a text
    return made


def rows(data: Any, made: Any, ids: list[str]) -> Iterator[dict[str, Any]]:
    opening = conversation.default_conversation.system + " "
    for number, ident in enumerate(ids):
        each = data[number]
        tokens, labels = each["input_ids"], each["labels"]
        if int((tokens == IMAGE_TOKEN_INDEX).sum()) != 1:
            raise ValueError(f"{ident}: not one image among its tokens")
        said = made.decode(tokens[tokens != IMAGE_TOKEN_INDEX][1:], skip_special_tokens=False).removeprefix(opening)
        learnt = made.decode(labels[labels != IGNORE_INDEX], skip_special_tokens=False).split("</s>")[:-1]
        texts: list[str] = []
        for turn in said.split("</s>")[:-1]:
            question, _, answer = turn.removeprefix("USER: ").partition(" ASSISTANT: ")
            texts += [question.removeprefix("\n"), answer]
        if [answer.strip() for answer in learnt] != texts[1::2]:
            raise ValueError(f"{ident}: what is learnt is {learnt}, not {texts[1::2]}")
        yield given.row(ident, texts, [data.data_args.image_processor.last])


if __name__ == "__main__":
    conversation.default_conversation = conversation.conv_templates["vicuna_v1"]
    with tempfile.TemporaryDirectory() as cache:
        records = json.loads((given.folder() / "llava.json").read_text(encoding="utf-8"))
        single = [record for record in records if isinstance(record["image"], str)]
        path = Path(cache) / "llava.json"
        path.write_text(json.dumps(single), encoding="utf-8")
        arguments = SimpleNamespace(
            image_folder=str(given.folder() / "images"), image_processor=Pictures(), image_aspect_ratio="square",
            is_multimodal=True, mm_use_im_start_end=False,
        )  # fmt: skip
        made = tokenizer()
        data = train.LazySupervisedDataset(str(path), made, arguments)
        given.hand_back(rows(data, made, [record["id"] for record in single]))
    print(f"{len(records) - len(single)} of several images passed over", file=sys.stderr)
