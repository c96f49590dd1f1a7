"""What people read: edits by method, and places by file."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from codegen.report.printable import one_line
from codegen.report.tally import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from codegen.migrate.change import ScriptChange
    from codegen.migrate.find import Places, ScriptPlace
    from codegen.migrate.scripts import Spot


def edits_told(changes: Iterable[ScriptChange]) -> str:
    """Tell the edits, grouped by what scripts call; silent ones come first and carry a mark."""
    ordered = sorted(changes, key=lambda change: (change.label, change.finding.sort_key))
    groups = (
        "\n".join([label, *(_change(change) for change in group)])
        for label, group in groupby(ordered, key=lambda change: change.label)
    )
    return "\n\n".join(groups)


def places_told(places: Iterable[ScriptPlace]) -> str:
    """Tell the places, each once with its line, and below it all that there is to do."""
    groups = groupby(places, key=lambda place: (place.spot, place.code))
    return "\n".join(line for (spot, code), group in groups for line in _place(spot, code, group))


def summary(found: Places, written: int) -> str:
    """Count in one line what there is to do, and where."""
    places = found.places
    spots = {place.spot for place in places}
    ready = sum(bool(place.edits) for place in places)
    maybe = sum(place.certainty == "maybe" for place in places)
    done = f"{ready} made in {counted(written, 'file')}" if written else f"{ready} for --write to make"
    rest = f"{len(places) - ready} to look at" + (f" ({maybe} of them maybe)" if maybe else "")
    where = f"{counted(len(spots), 'place')} in {len(found.scripts)} of {counted(found.looked_at, 'file')}"
    return f"{counted(len(places), 'edit')} at {where}: {done}, {rest}."


def _change(change: ScriptChange) -> str:
    mark = "!" if change.finding.silent else " "
    how = ", automatic" if change.automatic else ", automatic with --pin-defaults" if change.pins else ""
    told = one_line(f"{change.sentence} [{change.finding.id}{how}]")
    return f"  {mark} {one_line(change.edit)}\n      {told}" if change.edit else f"  {mark} {told}"


def _place(spot: Spot, code: str, places: Iterable[ScriptPlace]) -> Iterator[str]:
    yield one_line(f"{spot}: {code}")
    for place in places:
        mark = "!" if place.change.finding.silent else " "
        ready = "" if place.edits else ", look"
        yield f"  {mark} {one_line(f'{place.certainty}{ready}: {place.advice} [{place.change.finding.id}]')}"
