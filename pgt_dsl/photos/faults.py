"""What is wrong with a set of photos: which file, where in it, what, and whether the thing is left out for it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. ``place``: where in the file ("" for all of it); ``left``: the photo or object is not used."""

    file: str
    place: str
    what: str
    left: bool = True

    def __str__(self) -> str:
        return f"{self.file}, {self.place}: {self.what}" if self.place else f"{self.file}: {self.what}"


@dataclass
class Faults:
    """The faults of one reading: the first ``most`` of them, and how many there were."""

    most: int = 1000
    found: list[Fault] = field(default_factory=list)
    count: int = 0
    left: int = 0

    def add(self, file: str, place: str, what: str, left: bool = True) -> None:
        """Note a fault."""
        self.count += 1
        self.left += left
        if len(self.found) < self.most:
            self.found.append(Fault(file, place, what, left))
