"""The text of a completion, in the forms in which trainers hand it over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def text_of(completion: Any) -> str:
    """A text, a chat message, or a list of them, of which the last of the assistant counts. The content of a message
    is a text or a list of parts such as ``{"type": "text", "text": ...}``. What has no text is ""."""
    if isinstance(completion, str):
        return completion
    if isinstance(completion, Mapping):
        return text_of(_content(completion.get("content")))
    if isinstance(completion, Sequence):
        messages = [m for m in completion if isinstance(m, Mapping)]
        said = [m for m in messages if m.get("role", "assistant") == "assistant"]
        return text_of(said[-1]) if said else ""
    return ""


def _content(content: Any) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, Sequence):
        parts = (
            part if isinstance(part, str) else part.get("text") for part in content if isinstance(part, str | Mapping)
        )
        return "\n".join(part for part in parts if isinstance(part, str))
    return ""
