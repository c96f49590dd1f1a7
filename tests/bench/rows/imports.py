"""Importing the package."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from row import FLOOR, PACKAGES, ProcessRow, Target


@dataclass
class Import(ProcessRow):
    """A process that imports the package and ends."""

    title: ClassVar[str] = "import the package"
    floor_is: ClassVar[str] = "A Python process that does nothing."
    target: ClassVar[Target] = Target(faster=8, memory=1 / 5)

    def routes(self):
        return {}

    def script(self, who, url, root):
        return "" if who == FLOOR else f"import {PACKAGES[who]}"


@dataclass
class ImportClient(Import):
    """The first line that most scripts have."""

    quick: ClassVar[bool] = False
    title: ClassVar[str] = "import CAVEclient from the package"

    def script(self, who, url, root):
        return "" if who == FLOOR else f"from {PACKAGES[who]} import CAVEclient"


ROWS = [Import(), ImportClient()]
