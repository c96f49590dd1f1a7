"""Recorded ids, moments and names in the words of the mirror, and the mirror's answers in recorded words.

Supervoxels have the same ids on both sides. A node above them is known by a supervoxel in it, its layer
and a moment; which ids servers count off for nodes says nothing. A node that a replayed edit makes is
looked up when a recorded exchange first speaks of it.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import mirror
import numpy as np
from tubes import DEPLOYMENT, INGESTED, SUPERVOXELS

RECORDED_ADDRESS = "http://cave.local"

AFTERWARDS = None
"""The moment at which an exchange first speaks of a node."""

NODES: dict[int, tuple[str, int, int | None]] = {
    **{root: (name, 4, INGESTED) for name, root in DEPLOYMENT["segmentation"]["roots0"].items()},
    288230376151712174: ("C00", 4, mirror.MERGED_C),
    288230376151712180: ("A00", 4, mirror.SPLIT_A),
    288230376151712116: ("A11", 4, mirror.SPLIT_A),
    288230376151712110: ("A11", 4, mirror.MERGED_B),
    288230376151712154: ("D00", 4, mirror.MERGED_D),
    288230376151712051: ("A00", 4, AFTERWARDS),
    288230376151712144: ("A00", 4, AFTERWARDS),
    288230376151712096: ("D00", 4, AFTERWARDS),
    288230376151712214: ("D30", 4, AFTERWARDS),
    288230376151712094: ("D00", 4, AFTERWARDS),
    216172782113783814: ("A00", 3, mirror.SPLIT_A),
    144115188075855873: ("A00", 2, INGESTED),
    144115188075855874: ("B00", 2, INGESTED),
    144115188075855875: ("B00", 2, AFTERWARDS),
    144115394301394945: ("E00", 2, INGESTED),
    144115394301394946: ("F00", 2, INGESTED),
    144185556820033538: ("B10", 2, INGESTED),
    144185556820033539: ("A10", 2, mirror.SPLIT_A),
    144185556820033540: ("A11", 2, mirror.SPLIT_A),
    144185556820033541: ("A10", 2, AFTERWARDS),
    144185763045572609: ("E10", 2, INGESTED),
    144185763045572610: ("F10", 2, INGESTED),
    144255925564211203: ("A20", 2, mirror.MERGED_B),
    144256131789750273: ("E20", 2, INGESTED),
    144256131789750274: ("F20", 2, INGESTED),
    144326294308388865: ("A30", 2, INGESTED),
    144326294308388866: ("B30", 2, INGESTED),
    144326500533927937: ("E30", 2, INGESTED),
    144326500533927939: ("F30", 2, AFTERWARDS),
}
"""Recorded id of a node to a supervoxel in it, its layer, and when it was."""
OPERATIONS = {6: 5, 8: 6, 9: 7, 10: 8}
"""Recorded edit to the mirror's number of it: servers also count edits that they refused."""

_ID = re.compile(r"(?<![\d.])\d{17,19}(?![\d.])")
_ISO = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?")
_MOMENT = re.compile(r"(?<=[?&])((?:start_|end_)?time(?:stamp)?(?:_past|_future)?)=(\d+(?:\.\d+)?)")


class Names:
    """Translates between the recordings and one mirror.

    Parameters
    ----------
    server : Server
        The mirror, served.
    shift : int
        By how many microseconds its moments are later.
    """

    def __init__(self, server: Any, shift: int) -> None:
        self._server = server
        self._shift = timedelta(microseconds=shift)
        self._ours: dict[int, int] = {}
        self._theirs: dict[int, int] = {}
        self.texts: dict[str, str] = {}
        """What else has another name here, as answers said it: recorded text to ours."""

    # ---- to the mirror

    def node(self, recorded: int) -> int:
        """Return the mirror's id for a recorded one; the same if it is no node."""
        if recorded in NODES and recorded not in self._ours:
            supervoxel, layer, moment = NODES[recorded]
            at = None if moment is AFTERWARDS else moment + self._shift // timedelta(microseconds=1)
            ids = np.array([SUPERVOXELS[supervoxel]])
            found = int(self._server.cave.segmentation.roots(ids, at=at, stop_layer=layer)[0])
            self._ours[recorded] = found
            self._theirs[found] = recorded
        return self._ours.get(recorded, recorded)

    def text(self, recorded: str) -> str:
        """Translate ids and moments in text."""
        found = _ID.sub(lambda match: str(self.node(int(match[0]))), recorded)
        found = _ISO.sub(lambda match: self._moved(match[0], self._shift), found)
        for theirs, ours in self.texts.items():
            found = found.replace(theirs, ours)
        return found.replace(RECORDED_ADDRESS, self._server.address)

    def url(self, recorded: str) -> str:
        """Translate path and query."""
        found = self.text(recorded).replace("/testds_public/", "/testds/")
        return _MOMENT.sub(lambda match: f"{match[1]}={self._seconds(match[2])}", found)

    def body(self, recorded: bytes) -> bytes:
        """Translate a body: JSON, or ids as they lie in memory."""
        if not recorded or recorded[:1] in b"{[":
            return self.text(recorded.decode()).encode()
        ids = np.frombuffer(recorded, "<u8")
        return np.array([self.node(int(one)) for one in ids], "<u8").tobytes()

    def _seconds(self, text: str) -> str:
        return str(Decimal(text) + Decimal(self._shift // timedelta(seconds=1)))

    @staticmethod
    def _moved(text: str, by: timedelta) -> str:
        moment = datetime.fromisoformat(text).replace(tzinfo=UTC) + by
        moved = moment.replace(tzinfo=None).isoformat(sep=text[10])
        return moved if "." in moved or "." not in text else f"{moved}.000000"

    # ---- from the mirror

    def recorded_text(self, ours: str) -> str:
        """Translate text of the mirror into recorded words."""
        found = ours.replace(self._server.address, RECORDED_ADDRESS)
        for theirs, own in self.texts.items():
            found = found.replace(own, theirs)
        found = _ID.sub(lambda match: str(self._theirs.get(int(match[0]), match[0])), found)
        return _ISO.sub(lambda match: self._moved(match[0], -self._shift), found)

    def recorded_ids(self, ours: Any) -> list[Any]:
        """Translate ids of the mirror, 0 and None included."""
        return [self._theirs.get(one, one) for one in ours]

    def know(self, recorded: str) -> None:
        """Pair all nodes that a recorded answer speaks of."""
        for match in _ID.finditer(recorded):
            self.node(int(match[0]))

    def know_ids(self, recorded: bytes) -> None:
        """Pair all nodes that a recorded binary answer speaks of."""
        for one in np.frombuffer(recorded, "<u8"):
            self.node(int(one))

    def recorded_value(self, value: Any) -> Any:
        """Move epoch seconds and milliseconds of a JSON value back to recorded ones."""
        if isinstance(value, dict):
            return {
                key: _recorded_operations(one) if key == "operation_id" else self.recorded_value(one)
                for key, one in value.items()
            }
        if isinstance(value, list):
            return [self.recorded_value(one) for one in value]
        if isinstance(value, str) and value[:1] == "{":
            return json.dumps(self.recorded_value(json.loads(value)))
        if isinstance(value, bool) or not isinstance(value, int | float):
            return value
        if 1.7e9 < value < 2e9:
            return type(value)(round(value - self._shift.total_seconds(), 6))
        if 1.7e12 < value < 2e12:
            return type(value)(value - self._shift.total_seconds() * 1000)
        return value


def _recorded_operations(value: Any) -> Any:
    """Return the recorded number of an edit, or of each in a column."""
    if isinstance(value, dict):
        return {key: _recorded_operations(one) for key, one in value.items()}
    return {ours: theirs for theirs, ours in OPERATIONS.items()}.get(value, value)
