"""The manifest of a dataset: which query it is of, its partitions, and which of them are done.

It is a file of JSON lines, written line by line as things happen. The first says what is extracted; others
that a partition was divided, or that its file is in place. A line that was being written when the process
was killed has no end, and does not count. Datasets leave the file out, because its name begins with "_".
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.errors import CAVEError, InvalidArgumentError
from caveclient_gen.mixins.materialize.extraction.files import size_of
from caveclient_gen.mixins.materialize.extraction.partitions import Partition

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

JOURNAL = "_extraction.jsonl"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Done:
    """What a partition has become."""

    rows: int
    """Rows in its file."""
    received: int
    """Rows that the server sent, of which `filter_out_dict` may have left some out."""
    bytes: int
    """Size of its file; 0 if it has none, because there are no rows."""


@dataclass(slots=True)
class Journal:
    """The manifest of one folder."""

    folder: Path
    header: dict[str, Any]
    waiting: dict[tuple[int, ...], Partition] = field(default_factory=dict)
    """Partitions that are to be extracted."""
    done: dict[tuple[int, ...], Done] = field(default_factory=dict)
    finished: bool = False
    _shapes: dict[tuple[int, ...], Partition] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        """The file."""
        return self.folder / JOURNAL

    @classmethod
    def read(cls, folder: Path) -> Journal | None:
        """Read the manifest of a folder; None if there is none."""
        path = folder / JOURNAL
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        whole = content[: content.rfind(b"\n") + 1]
        try:
            first, *lines = map(json.loads, whole.splitlines())
            if first["format"] != FORMAT:
                raise CAVEError(
                    f"Update caveclient-gen to go on with {folder}: a newer one began this extraction."
                )
            journal = cls(folder, first)
            for line in ({"plan": first["plan"]}, *lines):
                journal._replay(line)
        except (ValueError, KeyError, TypeError):
            raise CAVEError(f"Extract to another folder, or remove this one: {path} is damaged.") from None
        if len(whole) < len(content):
            os.truncate(path, len(whole))  # else the next line would be put behind half a line
        journal._expect_again_what_is_gone()
        return journal

    @classmethod
    def begin(cls, folder: Path, header: Mapping[str, Any], plan: Iterable[Partition]) -> Journal:
        """Write the manifest of a new dataset, in one step."""
        partitions = [partition.as_json() for partition in plan]
        journal = cls(folder, {"format": FORMAT, **header, "plan": partitions})
        temporary = folder / f".{JOURNAL}.tmp"
        with temporary.open("wb") as file:
            file.write(json.dumps(journal.header).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, journal.path)
        journal._replay({"plan": partitions})
        return journal

    def put_done(self, partition: Partition, done: Done) -> None:
        """Keep that the file of a partition is in place."""
        self._write(
            {
                "done": partition.as_json(),
                "rows": done.rows,
                "received": done.received,
                "bytes": done.bytes,
            }
        )

    def put_divided(self, partition: Partition, parts: Iterable[Partition]) -> None:
        """Keep that a partition has become others."""
        self._write({"divided": partition.as_json(), "plan": [part.as_json() for part in parts]})

    def put_finished(self) -> None:
        """Keep that all is there, checked."""
        self._write({"finished": True})

    def partition_of(self, key: tuple[int, ...]) -> Partition:
        """Return the partition that was done under a key."""
        return self._shapes[key]

    def files(self) -> list[Path]:
        """Return the files of the dataset, in the order of the plan."""
        return [self.folder / Partition(key).file for key in sorted(self.done) if self.done[key].bytes]

    def check(self, query: Mapping[str, Any]) -> None:
        """
        Refuse to go on with another query than the one that the dataset is of.

        Raises
        ------
        InvalidArgumentError
            The queries differ; the message says in what.
        """
        # As JSON has it: tuples are lists there.
        asked, held = json.loads(json.dumps(query)), self.header["query"]
        differing = [name for name in {**held, **asked} if held.get(name) != asked.get(name)]
        if differing:
            shown = "; ".join(
                f"{name} was {held.get(name)!r}, and is {asked.get(name)!r}" for name in differing
            )
            raise InvalidArgumentError(
                f"Choose another folder: {self.folder} has an extraction of another query ({shown:.600})."
            )

    def _write(self, line: Mapping[str, Any]) -> None:
        self._replay(line)
        with self.path.open("ab") as file:
            file.write(json.dumps(line).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def _replay(self, line: Mapping[str, Any]) -> None:
        if "done" in line:
            partition = Partition.from_json(line["done"])
            self.waiting.pop(partition.key, None)
            self.done[partition.key] = Done(line["rows"], line["received"], line["bytes"])
            self._shapes[partition.key] = partition
        if "divided" in line:
            self.waiting.pop(tuple(line["divided"]["key"]), None)
        for record in line.get("plan", ()):
            partition = Partition.from_json(record)
            self.waiting[partition.key] = partition
        self.finished = bool(line.get("finished"))

    def _expect_again_what_is_gone(self) -> None:
        """Put back the partitions whose files somebody removed or changed."""
        for key, done in list(self.done.items()):
            if done.bytes and size_of(self.folder / Partition(key).file) != done.bytes:
                del self.done[key]
                self.waiting[key] = self._shapes[key]
                self.finished = False
