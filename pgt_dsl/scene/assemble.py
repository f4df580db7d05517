"""From an accepted batch to ``Scene`` values: columns are converted once, then put together row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pgt_dsl.languages.tongue import code_of
from pgt_dsl.languages.translation import Voice
from pgt_dsl.program.facts import OBJECT
from pgt_dsl.program.formats import Unspeakable
from pgt_dsl.program.program import Pick
from pgt_dsl.scene.asking import Asking
from pgt_dsl.scene.backgrounds import choose_background
from pgt_dsl.scene.chance import Chance, Chances
from pgt_dsl.scene.columns import plain
from pgt_dsl.scene.rows import Rows
from pgt_dsl.scene.scene import Answered, BackgroundChoice, Scene, SceneShape

if TYPE_CHECKING:
    import numpy.typing as npt

    from pgt_dsl.solve.reject import SceneBatch

Json = Any


def scenes(batch: SceneBatch, program_hash: str, voices: Sequence[Voice | None] = ()) -> list[Scene]:
    """The scenes of a batch, in its order; ``program_hash`` (hexadecimal) names the program and seeds the choices.
    ``voices``: in what each of them is said, None for English.

    Raises ``Unspeakable`` when a text names what has no words (a colour without a name).
    """
    return _Assembly(batch, program_hash, voices).scenes()


class _Assembly:
    """The work on one batch."""

    def __init__(self, batch: SceneBatch, program_hash: str, voices: Sequence[Voice | None]) -> None:
        self.batch, self.hash = batch, program_hash
        self.twins: list[int] | None = None if batch.twins is None else batch.twins.tolist()
        self.swept = swept.name if (swept := batch.ev.program.swept) is not None else ""
        self.rows = Rows(batch.ev, [None if voice is None else voice.tongue for voice in voices])
        self.voices = voices
        self.chances = Chances(program_hash, int(batch.seed), batch.indices)
        self.program = batch.ev.program
        self.asks = [Asking(self.rows, ask, k) for k, ask in enumerate(self.program.asks)]
        self.margins = [_listed(margin, self.rows.count) for margin in batch.margins]
        self.draws = {var.name: self.rows.draws(var) for var in self.program.vars}
        self.fields = {name: self.rows.of(node) for name, node in self.program.background.fields.items()}
        self.strata = {pick.name: self._stratum(pick) for pick in self.program.picks}
        self.photos = self._photos()
        groups = self.program.groups
        self.shown = [g for g in groups if g.kind != "canvas" and (g.painted or g.composite or g.kind == OBJECT)]

    def scenes(self) -> list[Scene]:
        """All rows."""
        indices, attempts = self.batch.indices.tolist(), self.batch.attempts.tolist()
        return [self._scene(row, indices[row], attempts[row]) for row in range(self.rows.count)]

    def _scene(self, row: int, index: int, attempt: int) -> Scene:
        program, seed = self.program, int(self.batch.seed)
        chance = self.chances.row(row)
        try:
            asks = tuple(self._answered(k, row, chance) for k in range(len(self.asks)))
        except Unspeakable as error:
            raise Unspeakable(f"sample {index} of {program.name} (seed {seed}): {error}") from error
        width, height = round(self.rows.width[row]), round(self.rows.height[row])
        shapes = self._shapes(row, asks)
        return Scene(
            task=program.name,
            program=self.hash,
            seed=seed,
            index=index,
            width=width,
            height=height,
            attempt=attempt,
            stratum={name: values[row] for name, values in self.strata.items()},
            draws={name: values[row] for name, values in self.draws.items()},
            shapes=shapes,
            background=self._background(row, chance),
            asks=asks,
            cuts=_cuts(shapes, width, height),
            twin=0 if self.twins is None else self.twins[row],
            language=code_of(self.rows.tongues[row]),
            twin_of="" if self.twins is None else f"{program.name}/{seed}/{index}",
            swept=self.swept,
            stage="" if program.stage is None else program.stage.name,
            steps=program.copies if self.swept else 0,
        )

    def _answered(self, number: int, row: int, chance: Chance) -> Answered:
        margin = self.margins[number] if number < len(self.margins) else None
        voice = self.voices[row] if self.voices else None
        texts = self.asks[number].ask if voice is None else voice.asks[number]
        return self.asks[number].answered(row, chance, None if margin is None else margin[row], texts)

    def _shapes(self, row: int, asks: Sequence[Answered]) -> tuple[SceneShape, ...]:
        """All that is painted or composite, a photo's objects, and virtual shapes that questions refer to."""
        slots = {slot for group in self.shown for slot in self.rows.present(group, row)}
        slots.update(slot for ask in asks for slot in ask.grounding)
        found = (self.rows.shape(row, slot) for slot in sorted(slots))
        return tuple(shape for shape in found if shape is not None)

    def _background(self, row: int, chance: Chance) -> BackgroundChoice:
        fields: Mapping[str, Json] = {name: values[row] for name, values in self.fields.items()}
        photo = self.photos[row] if self.photos else ""
        registry: Any = self.batch.ev.registry
        width, height = self.rows.width[row], self.rows.height[row]
        return choose_background(self.program.background, fields, photo, registry, chance, width, height)

    def _stratum(self, pick: Pick) -> list[Json]:
        """The values of a pick; of bins and positions their numbers."""
        base = self.program.vars[pick.var].type.base if pick.what == "values" else "int"
        values = plain(self.batch.strata[pick.var], base)
        return values * self.rows.count if len(values) == 1 else values

    def _photos(self) -> list[str]:
        """The name of each row's photo; none when the task has no photo."""
        if self.program.background.photo is None or self.batch.ev.inputs.photos is None:
            return []
        names: Sequence[str] = getattr(self.batch.ev.inputs.photos, "names", ())
        return [names[k] if k < len(names) else str(k) for k in self.batch.ev.photo_ids().tolist()]


def _listed(margin: npt.NDArray[Any] | None, rows: int) -> list[float] | None:
    if margin is None:
        return None
    values: list[float] = margin.tolist()
    return values * rows if len(values) == 1 else values


def _cuts(shapes: Sequence[SceneShape], width: int, height: int) -> tuple[tuple[int, int, int, int], ...]:
    """The boxes of shapes that are to become pictures of their own, in px within the canvas."""
    cuts = []
    for shape in shapes:
        if shape.painted and shape.fields.get("cut") is True:
            x0, y0, x1, y1 = (round(v) for v in shape.box)
            cuts.append((max(x0, 0), max(y0, 0), min(x1, width), min(y1, height)))
    return tuple(cut for cut in cuts if cut[0] < cut[2] and cut[1] < cut[3])
