"""From a record as it is written to a ``Given``: LLaVA's, ShareGPT's, messages, with images by path or inside.

What fits nowhere is told as ``BadRecord`` with its reason: nothing is guessed, mended or dropped from what was said.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pgt_dsl.dataset.given import PLACEHOLDER, Given, Picture, Role
from pgt_dsl.dataset.mix.tables import COLUMNS
from pgt_dsl.dataset.record import canonical_json
from pgt_dsl.plugins.extension import FormatSpec

ROLES: Mapping[str, Role] = {
    "human": "user", "user": "user", "gpt": "assistant", "assistant": "assistant", "system": "system",
}  # fmt: skip
SUFFIXES = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp", "GIF": ".gif", "BMP": ".bmp", "TIFF": ".tif", "PPM": ".ppm"}
OTHER_MEDIA = ("videos", "video", "audios", "audio", "tools")


class BadRecord(Exception):
    """A record that cannot be used; the text says why."""


@dataclass
class Reader:
    """Reads records of one mix for one format. ``folder``: where paths of images start and what they do not leave;
    ``decode``: every image is decoded to its last row, which finds files that are cut off."""

    name: str
    folder: Path
    format: FormatSpec
    copy: bool = False
    decode: bool = False
    _opened: set[int] = field(default_factory=set, repr=False)

    def read(self, raw: Any, ident: str, number: int, where: str, check: bool = True) -> Given:
        """The record. Raises ``BadRecord``. Without ``check``, images are not opened again."""
        if not isinstance(raw, dict):
            raise BadRecord(f"it is no object but {_kind(raw)}")
        media = next((name for name in OTHER_MEDIA if raw.get(name)), None)
        if media is not None:
            raise BadRecord(f"it has `{media}`, which cannot be mixed in")
        said, shown = _said(raw)
        pictures = [self._picture(item) for item in _listed(raw, shown)]
        objects = raw.get("objects") or None
        self._fits(said, len(pictures), objects)
        if check:
            for picture in pictures:
                self._open(picture)
        note = {"mix": self.name, "record": number, "from": where, "id": _plain_id(raw.get("id"))}
        return Given(ident, self.name, said, tuple(pictures), canonical_json(note), self.copy, objects)

    def _picture(self, item: Any) -> Picture:
        data = item.get("bytes") if isinstance(item, Mapping) else None
        path = item.get("path") if isinstance(item, Mapping) else item
        if data is not None:
            if not isinstance(data, bytes):
                raise BadRecord("the bytes of an image are no bytes")
            return Picture(None, data, _suffix(data))
        if not isinstance(path, str) or not path:
            raise BadRecord(f"an image is {_kind(path)}; it has to be the path of a file")
        if path.startswith(("http://", "https://", "data:")):
            raise BadRecord(f"the image `{path[:60]}` is an address; images are files")
        whole = os.path.normpath(self.folder / path.removeprefix("file://"))
        inside = os.path.commonpath([whole, self.folder]) == str(self.folder) if "\0" not in whole else False
        if not inside:
            raise BadRecord(f"the image `{path}` leaves the folder of images `{self.folder}`")
        return Picture(Path(whole), None, Path(whole).suffix.lower())

    def _fits(self, said: Sequence[tuple[Role, str]], images: int, objects: Any) -> None:
        """Whether the format can hold the record; each image has its place in the texts."""
        keeps, user = self.format.keeps, [text for role, text in said if role == "user"]
        places = sum(text.count(PLACEHOLDER) for _, text in said)
        if places != images:
            raise BadRecord(
                f"the texts have {_so_many(places, PLACEHOLDER)}, the record has {_so_many(images, 'image')}"
            )
        if sum(text.count(PLACEHOLDER) for text in user) != places:
            raise BadRecord(f"`{PLACEHOLDER}` stands in a text that is not the user's")
        if said[0][0] == "system" and "system" not in keeps:
            raise BadRecord(f"it has a system message, for which `{self.format.name}` has no place")
        if objects is not None and "objects" not in keeps:
            raise BadRecord("it has `objects` (places of boxes), which only the format `messages` keeps")
        if "places" not in keeps:
            bare = Given("", "", tuple(said), (), "").bare
            outside = [text for role, text in bare if role == "user"]
            first = user[0].count(PLACEHOLDER)
            if any(PLACEHOLDER in text for text in outside) or first != places:
                raise BadRecord(
                    f"an image stands between words or in a later question, for which `{self.format.name}` has no "
                    "place; `llava`, `sharegpt` and `messages` have"
                )
        taken = next((s for s in self.format.reserved for _, text in said if s in text and objects is None), None)
        if taken is not None:
            raise BadRecord(f"a text holds `{taken}`, which readers of `{self.format.name}` take for the place of one")

    def _open(self, picture: Picture) -> None:
        """Open an image file; each path once."""
        import io
        import warnings

        from PIL import Image

        key = hash(picture.path)
        if picture.path is not None and key in self._opened:
            return
        shown = "inside" if picture.path is None else f"`{picture.path}`"
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                place: Any = picture.path if picture.data is None else io.BytesIO(picture.data)
                with Image.open(place) as image:
                    if self.decode:
                        image.load()
        except FileNotFoundError:
            raise BadRecord(f"its image {shown} is not there") from None
        except IsADirectoryError:
            raise BadRecord(f"its image {shown} is a folder") from None
        except Exception as error:  # Pillow's readers raise whatever a broken file leads them to
            words = "no reader knows what it is" if type(error).__name__ == "UnidentifiedImageError" else str(error)
            raise BadRecord(f"its image {shown} cannot be opened: {words}") from None
        if picture.path is not None:
            self._opened.add(key)


def unused(raw: Any) -> set[str]:
    """The keys of a record that are not used."""
    return {str(name) for name, value in raw.items() if name not in COLUMNS and value not in (None, "", [], {})}


def _said(raw: Mapping[str, Any]) -> tuple[tuple[tuple[Role, str], ...], list[Any]]:
    """Roles and texts, and the images that messages in parts name themselves."""
    names = [name for name in ("conversations", "messages") if raw.get(name)]
    if len(names) != 1:
        raise BadRecord("it has `conversations` and `messages`" if names else "it has no `conversations` or `messages`")
    messages = raw[names[0]]
    if not isinstance(messages, Sequence) or isinstance(messages, str):
        raise BadRecord(f"`{names[0]}` is {_kind(messages)}, not a list")
    shown: list[Any] = []
    said: list[tuple[Role, str]] = []
    system = raw.get("system")
    if system:
        said.append(("system", _text(system, shown)))
    for number, message in enumerate(messages):
        if not isinstance(message, Mapping):
            raise BadRecord(f"message {number} is {_kind(message)}")
        role = message.get("from", message.get("role"))
        if not isinstance(role, str) or role not in ROLES:
            raise BadRecord(f"message {number} is from {role!r}; there are: {', '.join(ROLES)}")
        said.append((ROLES[role], _text(message.get("value", message.get("content")), shown)))
    turns = said[1:] if said and said[0][0] == "system" else said
    wanted: list[Role] = ["user", "assistant"] * (len(turns) // 2)
    if not turns or [role for role, _ in turns] != wanted:
        raise BadRecord(
            "its messages do not take turns, user first and assistant last: " + ", ".join(r for r, _ in said)
        )
    return tuple(said), shown


def _text(content: Any, shown: list[Any]) -> str:
    """The text of a message; of one in parts, with ``<image>`` for each image, which goes to ``shown``."""
    if isinstance(content, str):
        text = content
    elif isinstance(content, Sequence) and all(isinstance(part, Mapping) for part in content):
        text = "".join(_part(part, shown) for part in content)
    else:
        raise BadRecord(f"the text of a message is {_kind(content)}")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise BadRecord("a text has half a character (a lone surrogate)") from None
    return text


def _part(part: Mapping[str, Any], shown: list[Any]) -> str:
    kind = part.get("type")
    if kind == "text" and isinstance(part.get("text"), str):
        return str(part["text"])
    if kind in ("image", "image_url"):
        named = next((part[k] for k in ("image", "image_url", "path", "url") if part.get(k)), None)
        if isinstance(named, Mapping) and "url" in named:
            named = named["url"]
        if named is not None:
            shown.append(named)
        return PLACEHOLDER
    raise BadRecord(f"a message has a part of the type {kind!r}; there are: text, image")


def _listed(raw: Mapping[str, Any], shown: list[Any]) -> list[Any]:
    """The images of a record, in their order."""
    found = list(shown)
    for name in ("image", "images"):
        value = raw.get(name)
        if value is None or value == "":
            continue
        items = list(value) if isinstance(value, Sequence) and not isinstance(value, str | bytes) else [value]
        if items and found:
            raise BadRecord("it names images in two ways")
        found = items or found
    return found


def _suffix(data: bytes) -> str:
    """By the file's first bytes; "" where no reader knows it, which opening it tells."""
    import io

    from PIL import Image

    try:
        with Image.open(io.BytesIO(data)) as image:
            return SUFFIXES.get(image.format or "", f".{(image.format or 'img').lower()}")
    except Exception:
        return ""


def _plain_id(ident: Any) -> Any:
    return ident if isinstance(ident, str | int) else None


def _so_many(number: int, word: str) -> str:
    if word == PLACEHOLDER:
        return f"{number} `{word}`" if number else f"no `{word}`"
    return f"{number or 'no'} {word}{'' if number == 1 else 's'}"


def _kind(value: Any) -> str:
    words = {str: "a text", list: "a list", dict: "an object", bool: "a truth value", type(None): "missing"}
    return words.get(type(value), "a number" if isinstance(value, int | float) else f"a {type(value).__name__}")
