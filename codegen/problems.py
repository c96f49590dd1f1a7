"""What is wrong with a spec: every mistake of every file, told at once."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codegen.outcome import CommandError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codegen.ir import Origin


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake: where it stands, what is wrong, and what was probably meant."""

    origin: Origin
    message: str
    suggestion: str = ""

    def __str__(self) -> str:
        origin = self.origin
        place = f"{origin}: " if origin.line else f"{origin.file}: "
        path = f"{origin.path}: " if origin.path else ""
        remedy = f" {self.suggestion}" if self.suggestion else ""
        return f"{place}{path}{self.message}{remedy}"


class SpecErrors(CommandError):
    """The spec has mistakes. `problems` holds all of them, in the order of files and lines."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(set(problems)))
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)

    def told(self) -> str:
        """Say all of them, and how many they are."""
        count = len(self.problems)
        return f"{self}\n{count} mistake{'' if count == 1 else 's'} in the spec; nothing was written."


class Problems:
    """Collects problems. The same mistake seen twice, through inheritance, counts once."""

    def __init__(self) -> None:
        self._found: set[Problem] = set()

    def add(self, origin: Origin, message: str, suggestion: str = "") -> None:
        """Note a mistake at a place of a descriptor."""
        self._found.add(Problem(origin, message, suggestion))

    def update(self, found: Iterable[Problem]) -> None:
        """Note mistakes that somebody else has found."""
        self._found.update(found)

    def __len__(self) -> int:
        return len(self._found)

    def raise_if_any(self) -> None:
        """Raise `SpecErrors` with everything that was found."""
        if self._found:
            raise SpecErrors(self._found)


def did_you_mean(word: object, known: Iterable[str]) -> str:
    """Return "Did you mean 'x'?" for the nearest known word, or an empty text."""
    near = difflib.get_close_matches(str(word), sorted(known), n=1, cutoff=0.55)
    return f"Did you mean {near[0]!r}?" if near else ""


def suggest(word: object, known: Iterable[str]) -> str:
    """Return the nearest known word as a question or, if none is near, the list of them."""
    words = sorted(known)
    return did_you_mean(word, words) or (f"Known: {', '.join(words)}." if words else "")
