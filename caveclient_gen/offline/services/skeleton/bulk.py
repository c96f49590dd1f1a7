"""Many skeletons: which are kept, those that are, and having others made.

Servers queue what is not kept, say so, and have it some minutes later. Offline a skeleton takes milliseconds:
it is made within the request that asks, while the answer is that of servers, so that scripts meet the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from caveclient_gen.offline.http.call import yes_or_no
from caveclient_gen.offline.http.json_forms import indented_json
from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.services.skeleton.reading import (
    body_version,
    need_roots,
    path_ids,
    path_version,
)
from caveclient_gen.offline.services.skeleton.registry import served
from caveclient_gen.offline.skeletons.forms import swc, unpack

if TYPE_CHECKING:
    from caveclient_gen.offline.http.answers import Reply
    from caveclient_gen.offline.http.call import Call

FORMS = ("flatdict", "json", "jsoncompressed", "arrays", "arrayscompressed", "swc", "swccompressed")
IN_PATH, IN_BODY, TO_MAKE = 10, 500, 10_000
"""Most ids of one request."""


@served("skeletons_exist", needs="view")
def exist(call: Call) -> Reply:
    """Tell which skeletons are kept; of one id without naming it, as servers do."""
    ids = call.ids("root_ids")
    kept = call.cave.skeletons.kept(ids, body_version(call))
    if ids.size == 1:
        return indented_json(int(ids[0]) in kept)
    return indented_json({str(one): one in kept for one in ids.tolist()})


@served("get_bulk_skeletons", needs="view")
def some(call: Call) -> Reply:
    """Answer some skeletons in hexadecimal digits, and a word for each that is not kept.

    Servers have the others made even if they are told not to, and call all of them "async".
    """
    version, form = path_version(call), _form(call)
    if yes_or_no(call.path["generate_missing_skeletons"]) is None:
        raise Refusal(400, "Say true or false for whether missing skeletons are to be made.")
    ids = path_ids(call)
    _limit(ids.size, IN_PATH)
    skeletons = call.cave.skeletons
    other, roots = skeletons.of_another_layer(ids), skeletons.are_roots(ids)
    words = dict.fromkeys(ids.tolist(), "invalid_rid")
    words |= dict.fromkeys(ids[other].tolist(), "invalid_layer_rid")
    words |= dict.fromkeys(ids[roots].tolist(), "async")
    words |= _digits(skeletons.documents(ids, version), form)
    skeletons.make(ids[roots], version)
    return indented_json({str(one): word for one, word in words.items()})


@served("fetch_skeletons", needs="view")
def cached(call: Call) -> Reply:
    """Answer those skeletons that are kept, in hexadecimal digits; have the others made if it is wished."""
    version, form, ids = path_version(call), _form(call), call.ids("root_ids")
    _limit(ids.size, IN_BODY)
    wish = call.fields().get("generate_missing", False)
    if type(wish) is not bool:
        raise Refusal(400, "generate_missing must be true or false.")
    skeletons = call.cave.skeletons
    if wish:
        need_roots(call, ids)
    found = _digits(skeletons.documents(ids, version), form)
    if wish:
        skeletons.make(ids, version)
    return indented_json({str(one): found[one] for one in dict.fromkeys(ids.tolist()) if one in found})


@served("generate_bulk_skeletons_async", needs="view")
def generate(call: Call) -> Reply:
    """Make skeletons, and answer how many seconds it will take: none any more."""
    version, ids = body_version(call), call.ids("root_ids")
    _limit(ids.size, TO_MAKE)
    need_roots(call, ids)
    call.cave.skeletons.make(ids, version)
    return indented_json(0)


def _form(call: Call) -> str:
    form = call.path["output_format"]
    if form not in FORMS:
        raise Refusal(400, f"Invalid output format: {form[:40]}. Valid formats: {', '.join(FORMS)}.")
    return form


def _limit(count: int, most: int) -> None:
    if count > most:
        raise Refusal(400, f"Too many root ids: {count}. Ask for at most {most} at once.")


def _digits(documents: dict[int, bytes], form: str) -> dict[int, str]:
    """Write skeletons in hexadecimal digits: JSON in gzip, but SWC rows as they are, as servers do."""
    if form.startswith("swc"):
        return {root: swc(unpack(packed)).hex() for root, packed in documents.items()}
    return {root: packed.hex() for root, packed in documents.items()}
