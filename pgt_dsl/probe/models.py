"""What can be asked: an OpenAI-compatible endpoint, a Python function, or a file of answers made elsewhere."""

from __future__ import annotations

import asyncio
import base64
import importlib
import io
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from pgt_dsl.diagnostics import PgtError
from pgt_dsl.probe.answers import read_answers
from pgt_dsl.probe.journal import Reply
from pgt_dsl.probe.question import Question, key_of, media_type

if TYPE_CHECKING:
    from openai import AsyncOpenAI

Json = Any
MAX_TOKENS = 512
LONGEST = 1 << 16  # bytes of a reply beside its tokens for which room is held


class AgainError(Exception):
    """The request may go through when it is made again, after ``wait`` seconds where the model says so."""

    def __init__(self, why: str, wait: float | None = None) -> None:
        super().__init__(why)
        self.wait = wait


class NoAnswerError(Exception):
    """The model has nothing to say to this question now, and asking again is of no use before something changes."""


class Model(Protocol):
    """A model. ``name`` and ``settings`` stand in the journal; ``at_once``: how many questions
    it may be asked at once, None for as many as one likes."""

    name: str
    at_once: int | None

    @property
    def settings(self) -> Mapping[str, Json]:
        """What decides the replies beside the question and the name."""
        ...

    async def reply(self, question: Question) -> Reply:
        """The reply, also one that refuses. Raises ``AgainError``, ``NoAnswerError``, or ``PgtError`` when asking on is
        of no use."""
        ...

    async def close(self) -> None:
        """Give connections back."""
        ...


@dataclass
class Endpoint:
    """A server that speaks OpenAI's chat completions: images as data URLs before the text, temperature 0, a seed."""

    url: str
    name: str
    key: str = "none"
    max_tokens: int = MAX_TOKENS
    seed: int = 0
    system: str = ""
    timeout: float = 120.0
    at_once: int | None = None
    _client: AsyncOpenAI | None = None

    @property
    def settings(self) -> Mapping[str, Json]:
        """What decides the replies beside the question. The address is not in it: a model may move."""
        return {"max_tokens": self.max_tokens, "seed": self.seed, "temperature": 0, "system": self.system}

    async def reply(self, question: Question) -> Reply:
        """One request, never repeated by the client itself."""
        import openai

        if self._client is None:
            self._client = openai.AsyncOpenAI(base_url=self.url, api_key=self.key, max_retries=0, timeout=self.timeout)
        messages: list[Any] = [{"role": "system", "content": self.system}] if self.system else []
        messages += chat(question)
        try:
            made = await self._client.chat.completions.create(
                model=self.name, messages=messages, max_tokens=self.max_tokens, seed=self.seed, temperature=0
            )
            return _said(made)
        except openai.APIStatusError as error:
            return _status(error)
        except openai.APIError as error:  # no connection, too slow, or no answer of this protocol
            raise AgainError(f"{type(error).__name__}: {error}") from error

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.close()


@dataclass
class Function:
    """``answer(images, question)`` of a module of the user's: PIL images and a text in, a text out; what was said
    before of the scene stands in lines before the question. One question at a time, since models seldom bear more."""

    name: str
    answer: Callable[..., Any]
    at_once: int | None = 1

    @property
    def settings(self) -> Mapping[str, Json]:
        """Nothing that is known."""
        return {}

    async def reply(self, question: Question) -> Reply:
        """Call the function in a thread. What it raises is shown as it is: it is the user's to mend."""
        from PIL import Image

        images = [Image.open(io.BytesIO(image)).convert("RGB") for image in question.images]
        try:
            said = await asyncio.to_thread(self.answer, images, question.prompt)
        except Exception as error:
            raise PgtError(f"`{self.name}` failed at {question.key}: {type(error).__name__}: {error}") from error
        if not isinstance(said, str):
            raise PgtError(f"`{self.name}` gave a {type(said).__name__} for {question.key}; it has to give a text")
        return Reply(said)

    async def close(self) -> None:
        """Nothing is open."""


@dataclass
class Answers:
    """Answers made elsewhere, by the key of their question; what has none stays unanswered."""

    name: str
    texts: Mapping[str, str]
    at_once: int | None = None

    @property
    def settings(self) -> Mapping[str, Json]:
        """Nothing that is known."""
        return {}

    async def reply(self, question: Question) -> Reply:
        """The answer of the file. Raises ``NoAnswerError`` when it has none."""
        if question.key not in self.texts:
            raise NoAnswerError(f"`{self.name}` has no answer to it")
        return Reply(self.texts[question.key])

    async def close(self) -> None:
        """Nothing is open."""


def open_model(
    where: str, dataset: Path, name: str | None = None, key: str = "none", max_tokens: int = MAX_TOKENS, seed: int = 0,
    system: str = "", timeout: float = 120.0,
) -> Model:  # fmt: skip
    """The model at ``where``: ``http://...`` (with its ``name`` there), ``python:MODULE:FUNCTION``, or a file of
    answers to the questions of ``dataset`` (see ``answers.py``). Raises ``PgtError`` when it is none of these or cannot
    be had."""
    if where.startswith(("http://", "https://")):
        try:
            import openai  # noqa: F401
        except ImportError as error:
            raise PgtError("asking an endpoint needs the openai client: pip install 'pgt-dsl[probe]'") from error
        if not name:
            raise PgtError("an endpoint serves models by name: give it with --name, such as --name qwen2.5-vl-7b")
        return Endpoint(where, name, key, max_tokens, seed, system, timeout)
    if where.startswith("python:"):
        return Function(name or where.removeprefix("python:"), _function(where.removeprefix("python:")))
    path = Path(where)
    if not path.is_file():
        raise PgtError(
            f"no model at `{where}`: give the address of an endpoint (http://localhost:8000/v1), "
            "python:MODULE:FUNCTION, or a file of answers (JSON lines with `id` and `text`, or a log of inspect-ai or "
            "lmms-eval)"
        )
    return Answers(name or path.name, {key_of(id, ask): text for id, ask, text in read_answers(path, dataset)})


def _function(where: str) -> Callable[..., Any]:
    module, _, name = where.partition(":")
    if os.getcwd() not in sys.path:  # where the user is, as `python -m` has it and scripts have not
        sys.path.insert(0, os.getcwd())
    try:
        found = getattr(importlib.import_module(module), name)
    except Exception as error:  # the user's module may do anything
        raise PgtError(f"cannot import `{where}`: {type(error).__name__}: {error}") from error
    if not callable(found):
        raise PgtError(f"`{where}` is a {type(found).__name__}, not a function")
    return found  # type: ignore[no-any-return]


def chat(question: Question) -> list[Json]:
    """The messages of OpenAI's chat completions: the images before the first text, and earlier questions of the scene
    as turns with their right answers."""
    images = [{"type": "image_url", "image_url": {"url": data_url(image)}} for image in question.images]
    messages: list[Json] = []
    for said, answer in question.turns:
        messages.append({"role": "user", "content": [*images, {"type": "text", "text": said}]})
        if answer is not None:
            messages.append({"role": "assistant", "content": answer})
        images = []
    return messages


def data_url(image: bytes) -> str:
    """An encoded image as a data URL."""
    return f"data:{media_type(image)};base64,{base64.b64encode(image).decode('ascii')}"


def _said(made: Any) -> Reply:
    """The reply of a completion. Raises ``AgainError`` when there is none in it."""
    choices: Sequence[Any] = getattr(made, "choices", None) or ()
    if not choices or choices[0].message is None:
        raise AgainError("the endpoint sent a completion without a message")
    message, usage = choices[0].message, getattr(made, "usage", None)
    tokens = None if usage is None else (int(usage.prompt_tokens or 0), int(usage.completion_tokens or 0))
    if message.content is None and getattr(message, "refusal", None):
        return Reply("", refused=str(message.refusal), tokens=tokens)
    return Reply(message.content or "", str(choices[0].finish_reason or ""), tokens)


def _status(error: Any) -> Reply:
    """What a status other than success means: try again, ask no more, or this question is refused."""
    code, said = error.status_code, _first_line(error)
    if code in (408, 409, 425, 429) or code >= 500:
        raise AgainError(f"{code}: {said}", _seconds(error.response.headers.get("retry-after"))) from error
    if code in (401, 403, 404, 405):
        raise PgtError(f"the endpoint answers {code}: {said}") from error
    return Reply("", refused=f"{code}: {said}")


def _seconds(text: str | None) -> float | None:
    try:
        return min(max(float(text or ""), 0.0), 600.0)
    except ValueError:
        return None


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
