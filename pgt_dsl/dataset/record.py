"""From a ``Scene`` and its pixels to a ``Sample``: encoded images, turns in their styles, metadata that replays it."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from importlib.util import find_spec
from typing import Any

import numpy as np
import numpy.typing as npt
import xxhash

from pgt_dsl import __version__
from pgt_dsl.dataset.encode import Encoder, encoder
from pgt_dsl.dataset.sample import Sample, Turn
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.languages.language import ENGLISH, check_code
from pgt_dsl.languages.language import language as words_of
from pgt_dsl.scene.coordinates import UNIT, CoordinateProfile, in_profile
from pgt_dsl.scene.options import labels_of
from pgt_dsl.scene.scene import Answered, Scene
from pgt_dsl.scene.serial import scene_parts

STYLES = ("short", "sentence", "options", "reasoned")
DEFAULT_STYLES: Mapping[str, float] = {"short": 1.0}
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
METADATA_FORMAT = 1
SUFFIXES: Mapping[str, str] = {"options": "Answer with the option's letter."}
"""What is said after a question, by the form of its answer, unless a recipe says something else. Where options have
numbers (``labels_of``), "letter" becomes "number"."""
_LETTER = re.compile(r"\bletter\b")


def record(
    scene: Scene,
    rgb: npt.NDArray[np.uint8],
    *,
    size: int,
    photos: str = "",
    styles: Mapping[str, float] = DEFAULT_STYLES,
    renderer: str = "",
    files: Encoder | None = None,
    suffix: Mapping[str, str] = SUFFIXES,
    coordinates: CoordinateProfile = UNIT,
) -> Sample:
    """The sample of a painted scene.

    rgb: uint8[H, W, 3] of the whole canvas; with cut panels (``scene.cuts``) each cut becomes an image of its own.
    size: the short side in px that was asked for; photos: the digest of the catalogue of photos, "" without one.
    styles: weights of the forms of an answer; a form that a question lacks is skipped, ``short`` always exists.
    renderer: the name of the painter: scenes do not depend on it, pixels do by a level or two.
    suffix: what is said after a question, by style; ``SUFFIXES`` without one.
    coordinates: what texts give places in.
    files: encodes the images, None for PNG. Metadata and ``pixels`` do not depend on it: they are of what was painted.
    """
    encoding = files or encoder()
    crops = [rgb] if not scene.cuts else [rgb[y0:y1, x0:x1] for x0, y0, x1, y1 in scene.cuts]
    pixels = pixel_digest(crops)
    said = turns(scene, styles, suffix, coordinates)
    told = str(coordinates)
    return Sample(
        id=sample_id(scene),
        task=scene.task,
        index=scene.index,
        images=tuple(encoding.encode(np.ascontiguousarray(crop)) for crop in crops),
        turns=said,
        scene=scene,
        pixels=pixels,
        metadata=metadata(scene, said, pixels, size=size, photos=photos, renderer=renderer,
                          coordinates=told),
        group=scene.twin_of,
        suffix=encoding.suffix,
        coordinates=told,
    )  # fmt: skip


def metadata(
    scene: Scene,
    said: Sequence[Turn],
    pixels: str,
    *,
    size: int,
    photos: str,
    renderer: str,
    version: str = __version__,
    coordinates: str = "unit",
) -> str:
    """What a data set keeps of a sample beside its texts and pictures: canonical JSON, enough to make it again.

    The arguments are those of ``record``; ``said`` are its turns, ``pixels`` the digest of the painted pictures, and
    ``version`` that of the pgt-dsl that made it. ``coordinates`` are named where they are not shares.
    """
    made = {
        "format": METADATA_FORMAT,
        "pgt": version,
        "task": scene.task,
        "program": scene.program,
        "seed": scene.seed,
        "index": scene.index,
        "size": size,
        "photos": photos,
        "renderer": renderer,
        "pixels": pixels,
        "styles": [turn.style for turn in said],
        "scene": scene_parts(scene),
    }
    if coordinates != "unit":
        made["coordinates"] = coordinates
    return quick_json(made) if _is_finite(scene) else canonical_json(made)


def sample_id(scene: Scene) -> str:
    """``spatial.left_of-00000012``: unique within a data set (tasks of equal ``id_stem`` are not built together) and
    fit for a file's name; those of a group have a letter each."""
    twin = f"-{LETTERS[scene.twin % 26].lower()}" if scene.twin_of else ""
    return f"{id_stem(scene.task)}-{scene.index:08d}{twin}"


@lru_cache(maxsize=256)
def id_stem(task: str) -> str:
    """What the ids of a task's samples start with: its name, fit for a file's name."""
    return "".join(char if char.isalnum() or char in "_-" else "." for char in task)


def pixel_digest(images: list[npt.NDArray[np.uint8]]) -> str:
    """The XXH3 hash of 128 bits, in hex, of the raw RGB bytes of the images, row by row, one after the other.

    It tells pictures apart, not forgers: a cryptographic hash would take a fifth of a build's time."""
    digest = xxhash.xxh3_128()
    for image in images:
        digest.update(np.ascontiguousarray(image).data)
    return digest.hexdigest()


# turns ------------------------------------------------------------------------------------------


def turns(
    scene: Scene, styles: Mapping[str, float] = DEFAULT_STYLES, suffix: Mapping[str, str] = SUFFIXES,
    coordinates: CoordinateProfile = UNIT,
) -> tuple[Turn, ...]:  # fmt: skip
    """All questions and answers of a scene, each in the style that falls to it; pixels are not needed. Raises
    ``PgtError`` for coordinates that pictures cut in panels cannot have."""
    asks = written_asks(scene, coordinates)
    return tuple(_turn(scene, number, ask, styles, suffix) for number, ask in enumerate(asks))


def written_asks(scene: Scene, coordinates: CoordinateProfile) -> tuple[Answered, ...]:
    """The questions of a scene with their places in some coordinates."""
    if coordinates.as_told:
        return scene.asks
    if scene.cuts and any(ask.places for ask in scene.asks):
        raise PgtError(
            f"`{scene.task}` cuts its picture into several and gives places of the whole: `coordinates = "
            f'"{coordinates}"` would be of none of them; build it with `coordinates = "unit"`'
        )
    return tuple(in_profile(ask, coordinates, scene.width, scene.height) for ask in scene.asks)


def _turn(scene: Scene, number: int, ask: Answered, styles: Mapping[str, float], suffix: Mapping[str, str]) -> Turn:
    twin = 0 if scene.swept else scene.twin  # a sweep holds the form of the answer, too
    style = choose_style(ask, styles, f"{scene.program}/{scene.seed}/{scene.index}/{twin}/{number}")
    return Turn(*in_style(ask, style, suffix, scene.language), style, number)


def choose_style(ask: Answered, styles: Mapping[str, float], key: str) -> str:
    """A style by weight among those that the question has; the same key always chooses the same."""
    fitting = [(style, weight) for style, weight in sorted(styles.items()) if weight > 0 and has_style(ask, style)]
    if len(fitting) < 2:
        return fitting[0][0] if fitting else "short"
    digest = hashlib.blake2b(f"style/{key}".encode(), digest_size=8).digest()
    point = int.from_bytes(digest, "big") / 2**64 * sum(weight for _, weight in fitting)
    for style, weight in fitting:
        point -= weight
        if point < 0:
            return style
    return fitting[-1][0]


def has_style(ask: Answered, style: str) -> bool:
    """Whether the question can be answered in the style."""
    if style == "options":
        return ask.correct is not None and bool(labels_of(ask.options))
    return {"short": True, "sentence": bool(ask.sentence), "reasoned": bool(ask.reason)}[style]


def in_style(
    ask: Answered, style: str, suffix: Mapping[str, str] = SUFFIXES, language: str = ENGLISH
) -> tuple[str, str]:
    """Question and answer in a style that the question has. ``suffix`` has what is said after it, by style: of other
    languages than English by ``de.options``, else it is the language's own."""
    lines, answer = [ask.question], ask.text
    if style == "sentence":
        answer = ask.sentence
    elif style == "reasoned":
        answer = f"{ask.reason}\n{before_answer(language)}{ask.text}"
    elif style == "options" and ask.correct is not None:
        labels = labels_of(ask.options)
        lines += [f"{label}. {option}" for label, option in zip(labels, ask.options, strict=True)]
        answer = labels[ask.correct]
        if answer.isdecimal():
            return "\n".join([*lines, *filter(None, [_numbered(style, suffix, language)])]), answer
    return "\n".join([*lines, *filter(None, [said_after(style, suffix, language)])]), answer


def _numbered(style: str, suffix: Mapping[str, str], language: str) -> str:
    """What is said after options that have numbers."""
    if language == ENGLISH:
        return _LETTER.sub("number", suffix.get(style, ""))
    own = suffix.get(f"{language}.{style}")
    return words_of(language).suffix["numbers"] if own is None and style == "options" else own or ""


def said_after(style: str, suffix: Mapping[str, str], language: str = ENGLISH) -> str:
    """What is said after a question in a style, "" for nothing."""
    if language == ENGLISH:
        return suffix.get(style, "")
    return suffix.get(f"{language}.{style}", words_of(language).suffix.get(style, ""))


def before_answer(language: str = ENGLISH) -> str:
    """What stands before the short answer behind the reasons."""
    return "Answer: " if language == ENGLISH else words_of(language).patterns["answer"].removesuffix("{answer}")


def check_suffix(suffix: Iterable[str]) -> None:
    """Raises ``PgtError`` on a name that is neither a style nor, as in ``de.options``, one of a language."""
    for name in suffix:
        language, dot, style = name.rpartition(".")
        if dot:
            check_code(language)
        check_styles({style: 1.0})


def parse_styles(text: str) -> dict[str, float]:
    """Read ``"short=3,options=1"`` (a bare name weighs 1). Raises ``PgtError`` on an unknown style or weight."""
    styles: dict[str, float] = {}
    for part in filter(None, (p.strip() for p in text.split(","))):
        name, equals, weight = part.partition("=")
        name = name.strip()
        try:
            styles[name] = float(weight) if equals else 1.0
        except ValueError:
            raise PgtError(f"the weight of `{name}` is not a number: `{weight.strip()}`") from None
    check_styles(styles)
    return styles


def check_styles(styles: Mapping[str, float]) -> None:
    """Raises ``PgtError`` on an unknown style, a weight that is none, or when all weights are 0."""
    for name, weight in styles.items():
        if name not in STYLES:
            raise PgtError(f"no answer style `{name}`; there are: {', '.join(STYLES)}")
        if not (0 <= weight < math.inf):
            raise PgtError(f"the weight of `{name}` must be a finite number from 0 up")
    if not any(styles.values()):
        raise PgtError("the answer styles need at least one weight above 0, as in `short=3,options=1`")


# JSON -------------------------------------------------------------------------------------------


_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode
_NEGATIVE_ZERO = re.compile(r"-0\.0(?![0-9])")
_UNLIKE = re.compile(r"-0\.0(?![0-9])|(?<![0-9])0\.0000|[0-9]e-[0-9]")


def canonical_json(value: Any) -> str:
    """JSON with sorted keys (texts), no spaces, floats by their shortest exact form, never ``-0.0``, NaN or infinity.

    Raises ``ValueError`` on a number that is not finite and ``TypeError`` on a value that JSON does not have.
    """
    try:
        text: str = _encode(value)
    except TypeError:  # numbers of NumPy, complex ones, mappings that are no dict
        return _encode(_plain(value))
    return _encode(_plain(value)) if _NEGATIVE_ZERO.search(text) else text


def _orjson() -> Callable[[Any], bytes] | None:
    """orjson's encoder, where it is installed."""
    if not find_spec("orjson"):
        return None
    import orjson

    return partial(orjson.dumps, option=orjson.OPT_SORT_KEYS)


_quick = _orjson()


def quick_json(value: Any) -> str:
    """``canonical_json`` of a value whose numbers are finite, by orjson where that writes the same bytes.

    It writes numbers below 1e-4 in another way than Python (``0.00001``, ``1e-7``), and leaves -0.0 as it is."""
    if _quick is None:
        return canonical_json(value)
    try:
        text = _quick(value).decode()
    except TypeError:  # whole numbers beyond 64 bits, lone surrogates, what is no plain value
        return canonical_json(value)
    if ("-0.0" in text or "0.0000" in text or "e-" in text) and _UNLIKE.search(text):
        return canonical_json(value)
    return text


def _is_finite(scene: Scene) -> bool:
    """Whether all numbers of a scene are finite: orjson would write null for others. Fields and draws have None."""
    return all(math.isfinite(sum(shape.box)) for shape in scene.shapes) and all(
        ask.margin is None or math.isfinite(ask.margin) for ask in scene.asks
    )


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, complex):
        return [_plain(value.real), _plain(value.imag)]
    if isinstance(value, float):
        return value + 0.0  # -0.0 and 0.0 are the same place
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
