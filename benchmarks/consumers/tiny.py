"""A processor and a model of the LLaVA family, tiny and untrained: real classes of transformers, nothing downloaded.

A token is a byte, so texts come back whole from tokens.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

TEMPLATE = (
    "{% for message in messages %}<|{{ message['role'] }}|>{% for part in message['content'] %}"
    "{% if part['type'] == 'image' %}<image>{% else %}{{ part['text'] }}{% endif %}{% endfor %}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
SIDE, PATCH = 28, 14


def processor() -> Any:
    """A ``LlavaProcessor`` that keeps the images of its last call in ``seen``."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import CLIPImageProcessor, LlavaProcessor, PreTrainedTokenizerFast

    letters = {letter: k for k, letter in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    bare = Tokenizer(models.BPE(vocab=letters, merges=[]))
    bare.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    bare.decoder = decoders.ByteLevel()
    tokens = ["<|user|>", "<|assistant|>", "<|end|>", "<image>"]
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=bare, eos_token="<|end|>", pad_token="<|pad|>", additional_special_tokens=tokens
    )

    class Watching(LlavaProcessor):  # type: ignore[misc]
        seen: tuple[Any, ...] = ()

        def __call__(self, images: Any = None, text: Any = None, **options: Any) -> Any:
            self.seen = tuple(_flat(images))
            return super().__call__(images=images, text=text, **options)

    size = {"height": SIDE, "width": SIDE}
    images = CLIPImageProcessor(size=size, crop_size=size)
    return Watching(
        image_processor=images, tokenizer=tokenizer, patch_size=PATCH, vision_feature_select_strategy="default",
        chat_template=TEMPLATE, image_token="<image>", num_additional_image_tokens=1,
    )  # fmt: skip


def _flat(images: Any) -> Iterator[Any]:
    for image in images if isinstance(images, list | tuple) else [images]:
        if isinstance(image, list | tuple):
            yield from _flat(image)
        elif image is not None:
            yield image


def model(made: Any) -> Any:
    from transformers import CLIPVisionConfig, LlamaConfig, LlavaConfig, LlavaForConditionalGeneration

    sizes = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2}
    tokenizer = made.tokenizer
    texts = LlamaConfig(vocab_size=len(tokenizer), max_position_embeddings=4096, num_key_value_heads=2, **sizes)
    texts.pad_token_id, texts.eos_token_id = tokenizer.pad_token_id, tokenizer.eos_token_id
    vision = CLIPVisionConfig(image_size=SIDE, patch_size=PATCH, **sizes)
    image = tokenizer.convert_tokens_to_ids("<image>")
    return LlavaForConditionalGeneration(
        LlavaConfig(vision_config=vision, text_config=texts, image_token_index=image, image_seq_length=4)
    )
