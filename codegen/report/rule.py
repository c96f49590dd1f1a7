"""A rule: one kind of difference, how bad it is and for whom, and what people have to know of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["breaking", "warning", "info", "none"]
"""How bad something is for one of the two who meet it; none: they do not meet it."""

Level = Literal["breaking", "warning", "info"]

RANKS: dict[str, int] = {"breaking": 3, "warning": 2, "info": 1, "none": 0}


def worst(*verdicts: Verdict) -> Level:
    """Return the worst of some verdicts; what nobody meets is still told, as information."""
    found = max(verdicts, key=RANKS.__getitem__)
    return "info" if found == "none" else found


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of difference."""

    id: str
    wire: Verdict
    """Does a client that is installed already still work with the new server?"""
    source: Verdict
    """Does a script that was written for the old client still run and type-check on the new one?"""
    what: str
    """One sentence: what differs."""
    why: str
    """What happens to whom."""
    safely: str
    """How to make the change so that nobody is hurt; the imperative, one or two sentences."""
    mirror: tuple[str, ...] = ()
    """Rules of the same difference seen from the other side: what is added one way is removed the other."""
    waiver: str = ""
    """Why there is no mirror."""
    before: str = ""
    """Lines of a descriptor that has the old form."""
    after: str = ""
    """The same lines in the new form: the smallest edit that this rule finds."""
    silent: bool = False
    """Whether a call that still runs can have another answer than before."""
    watches: tuple[str, ...] = ()
    """Fields of the representation whose changes it tells: "Param.default"."""
    docs: bool = False
    """Whether it is about words only: shown on request."""

    @property
    def level(self) -> Level:
        """The worst that it does to anybody."""
        return worst(self.wire, self.source)
