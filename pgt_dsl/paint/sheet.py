"""Contact sheets: many pictures with their questions and answers on one page, to be looked at by people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from pgt_dsl.paint.fonts import font
from pgt_dsl.scene.options import labels_of
from pgt_dsl.scene.scene import Scene

Bytes = npt.NDArray[np.uint8]
Picture = Image.Image | Bytes

_PAGE, _CARD, _LINE, _WELL = "#f3f4f6", "#ffffff", "#dfe2e7", "#eceef1"
_INK, _GREY, _FAINT = "#1c2128", "#57606a", "#8b949e"
_RIGHT, _RIGHT_FILL, _RIGHT_LINE = "#116329", "#e3f5e8", "#a6d9b4"
_MARGIN, _GAP, _PAD, _RADIUS = 32, 20, 16, 10
_NARROW, _WIDE = 240, 400  # px of the pictures on a sheet
_SPACE = 3  # px between several pictures of one card


@dataclass(frozen=True, slots=True)
class CardAsk:
    """A question with its answer; where it has ``options``, ``correct`` is the index of the right one."""

    question: str
    answer: str
    options: tuple[str, ...] = ()
    correct: int | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """A scene on a sheet: its pictures (PIL images or uint8[H, W, 3]), its questions, and a small grey line."""

    pictures: tuple[Picture, ...]
    asks: tuple[CardAsk, ...] = ()
    note: str = ""


def card_of(scene: Scene, pixels: Bytes) -> Card:
    """The card of a painted scene (uint8[H, W, 3]); a scene with ``cuts`` shows each of its images."""
    pictures = tuple(pixels[y0:y1, x0:x1] for x0, y0, x1, y1 in scene.cuts) or (pixels,)
    asks = tuple(CardAsk(a.question, a.text, a.options, a.correct) for a in scene.asks)
    notes = [f"index {scene.index}"]
    if scene.twin:
        notes.append(f"twin {scene.twin}")
    margins = [a.margin for a in scene.asks if a.margin is not None and np.isfinite(a.margin)]
    if margins:
        notes.append(f"margin {min(margins):.1f}×")
    picks = (item for item in scene.stratum.items() if not item[0].startswith("answer "))  # less the hidden quotas
    notes += [f"{name} {_shown(value)}" for name, value in picks if isinstance(value, str | int | float)]
    return Card(pictures, asks, "  ·  ".join(notes)[:120])


def _shown(value: str | int | float) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def contact_sheet(cards: Sequence[Card], title: str = "", subtitle: str = "", columns: int = 4) -> Image.Image:
    """All cards on one page, row by row: an RGB image. Cards of a row are equally high; texts are wrapped.

    Pictures keep their pixels where they are 240 to 400 px wide and are scaled otherwise. Raises ``ValueError`` when
    there are no cards or columns.
    """
    if not cards or columns < 1:
        raise ValueError("a contact sheet needs at least one card and one column")
    columns = min(columns, len(cards))
    pictures = [[_image(p) for p in card.pictures] for card in cards]
    widest = max((sum(i.width for i in row) + _SPACE * (len(row) - 1) for row in pictures), default=_NARROW)
    inner = min(max(widest, _NARROW), _WIDE)
    blocks = [_Block(card, _strip(row, inner), inner) for card, row in zip(cards, pictures, strict=True)]
    rows = [blocks[i : i + columns] for i in range(0, len(blocks), columns)]
    heights = [max(block.height for block in row) for row in rows]
    top = _MARGIN + (40 if title else 0) + (24 if subtitle else 0) + (8 if title or subtitle else 0)
    width = 2 * _MARGIN + columns * (inner + 2 * _PAD) + (columns - 1) * _GAP
    page = Image.new("RGB", (width, top + sum(heights) + _GAP * (len(rows) - 1) + _MARGIN), _PAGE)
    pen = ImageDraw.Draw(page)
    if title:
        pen.text((_MARGIN, _MARGIN + 18), title, _INK, font(26, True), anchor="lm")
    for k, line in enumerate(_wrapped(subtitle, 14, False, width - 2 * _MARGIN)[:1]):
        pen.text((_MARGIN, _MARGIN + (50 if title else 10) + 20 * k), line, _GREY, font(14), anchor="lm")
    for row, height in zip(rows, heights, strict=True):
        for column, block in enumerate(row):
            block.draw(page, _MARGIN + column * (inner + 2 * _PAD + _GAP), top, height)
        top += height + _GAP
    return page


def _image(picture: Picture) -> Image.Image:
    return (
        picture.convert("RGB") if isinstance(picture, Image.Image) else Image.fromarray(np.ascontiguousarray(picture))
    )


def _strip(pictures: Sequence[Image.Image], width: int) -> Image.Image:
    """The pictures side by side, scaled down together (or up, when tiny) to fit the width."""
    whole = sum(p.width for p in pictures) + _SPACE * (len(pictures) - 1)
    factor = 1.0 if _NARROW <= whole <= width else width / max(whole, 1)
    if factor != 1.0:
        method = Image.Resampling.LANCZOS if factor < 1 else Image.Resampling.BICUBIC
        pictures = [
            p.resize((max(1, int(p.width * factor)), max(1, round(p.height * factor))), method) for p in pictures
        ]
    strip = Image.new("RGB", (width, max((p.height for p in pictures), default=1)), _WELL)
    x = (width - sum(p.width for p in pictures) - _SPACE * (len(pictures) - 1)) // 2
    for picture in pictures:
        strip.paste(picture, (x, (strip.height - picture.height) // 2))
        x += picture.width + _SPACE
    return strip


class _Block:
    """A card laid out: its height is known before anything is drawn."""

    def __init__(self, card: Card, strip: Image.Image, inner: int) -> None:
        self.strip, self.inner, self.note = strip, inner, card.note
        self.asks = [(_wrapped(a.question, 15, True, inner), _Chips(a, inner)) for a in card.asks]
        text = sum(20 * len(lines) + 8 + chips.height + 14 for lines, chips in self.asks)
        self.height = _PAD + strip.height + 12 + text + (18 if card.note else 0) + _PAD - 6

    def draw(self, page: Image.Image, left: int, top: int, height: int) -> None:
        pen = ImageDraw.Draw(page)
        right = left + self.inner + 2 * _PAD
        _rounded(page, (left, top, right, top + height), _RADIUS, _CARD, _LINE)
        page.paste(self.strip, (left + _PAD, top + _PAD))
        frame = (left + _PAD, top + _PAD, left + _PAD + self.inner - 1, top + _PAD + self.strip.height - 1)
        pen.rectangle(frame, outline=_LINE)
        y = top + _PAD + self.strip.height + 12
        for lines, chips in self.asks:
            for line in lines:
                pen.text((left + _PAD, y + 10), line, _INK, font(15, True), anchor="lm")
                y += 20
            y += 8
            chips.draw(page, left + _PAD, y)
            y += chips.height + 14
        if self.note:
            line = _wrapped(self.note, 11, False, self.inner)[0]
            pen.text((left + _PAD, top + height - _PAD - 4), line, _FAINT, font(11), anchor="lm")


class _Chips:
    """Options (or the answer alone) as small boxes that flow from left to right, the right one emphasised."""

    _HEIGHT, _BETWEEN, _INSIDE = 26, 6, 10

    def __init__(self, ask: CardAsk, width: int) -> None:
        texts = ask.options or (ask.answer,)
        right = ask.correct if ask.options else 0
        self.chips: list[tuple[int, int, int, int, list[str], bool]] = []
        x = y = line_height = 0
        labels = labels_of(ask.options)
        for k, text in enumerate(texts):
            good = k == right
            label = f"{labels[k]}  {text}" if labels else text
            lines = _wrapped(label, 13, good, width - 2 * self._INSIDE - (18 if good else 0))
            wide = max(_width(line, 13, good) for line in lines) + 2 * self._INSIDE + (18 if good else 0)
            high = self._HEIGHT + 18 * (len(lines) - 1)
            if x and x + wide > width:
                x, y = 0, y + line_height + self._BETWEEN
                line_height = 0
            self.chips.append((x, y, wide, high, lines, good))
            x += wide + self._BETWEEN
            line_height = max(line_height, high)
        self.height = y + line_height

    def draw(self, page: Image.Image, left: int, top: int) -> None:
        pen = ImageDraw.Draw(page)
        for x, y, wide, high, lines, good in self.chips:
            box = (left + x, top + y, left + x + wide, top + y + high)
            _rounded(page, box, 7, _RIGHT_FILL if good else _CARD, _RIGHT_LINE if good else _LINE)
            start = box[0] + self._INSIDE
            if good:
                tick = [(start, box[1] + 13), (start + 4, box[1] + 17), (start + 11, box[1] + 9)]
                pen.line(tick, _RIGHT, 2, joint="curve")
                start += 18
            for k, line in enumerate(lines):
                middle = box[1] + self._HEIGHT // 2 + 18 * k
                pen.text((start, middle), line, _RIGHT if good else _GREY, font(13, good), anchor="lm")


def _rounded(page: Image.Image, box: tuple[int, int, int, int], radius: int, fill: str, line: str) -> None:
    """A rounded rectangle with smooth corners (Pillow's own are jagged): drawn four times too large."""
    width, height = box[2] - box[0], box[3] - box[1]
    mask = Image.new("L", (4 * width, 4 * height))
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, 4 * width - 1, 4 * height - 1), 4 * radius, 255)
    page.paste(line, (*box[:2], box[0] + width, box[1] + height), mask.reduce(4))
    mask = Image.new("L", (4 * (width - 2), 4 * (height - 2)))
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, 4 * width - 9, 4 * height - 9), 4 * (radius - 1), 255)
    page.paste(fill, (box[0] + 1, box[1] + 1, box[2] - 1, box[3] - 1), mask.reduce(4))


def _width(text: str, size: int, bold: bool) -> int:
    return int(np.ceil(font(size, bold).getlength(text)))


def _wrapped(text: str, size: int, bold: bool, width: int) -> list[str]:
    """The text in lines no wider than ``width`` px; words longer than a line are broken."""
    lines: list[str] = []
    for paragraph in (text or " ").splitlines():
        line = ""
        for word in paragraph.split(" "):
            trial = f"{line} {word}" if line else word
            if _width(trial, size, bold) <= width:
                line = trial
                continue
            if line:
                lines.append(line)
            while _width(word, size, bold) > width and len(word) > 1:
                cut = max(
                    1, next(k for k in range(len(word), 0, -1) if k == 1 or _width(word[:k], size, bold) <= width)
                )
                lines.append(word[:cut])
                word = word[cut:]
            line = word
        lines.append(line)
    return lines
