"""All recorded exchanges asked again of the mirror, in their order, each by whom it was asked then."""

from __future__ import annotations

import gzip
import re
import zlib
from dataclasses import dataclass
from typing import Any

import mirror
import numpy as np
import requests
from names import Names
from recorded_exchanges import Exchange, exchanges

NOBODY_KNOWS = "f" * 32
ASKED_BY = {
    "routes/002_auth_user_me_viewer": "viewer",
    "routes/004_auth_user_cache_viewer": "viewer",
    "routes/005_auth_my_permissions": "viewer",
    "routes/008_auth_user_missing": "tosuser",
    "routes/009_auth_create_token": "viewer",
    "routes/010_auth_tokens_after": "viewer",
    "routes/011_auth_token_ttl": "viewer",
    "routes/012_auth_revoke_token": "viewer",
    "routes/074_pcg_merge_viewer_403": "viewer",
    "auth/022_CAVEclient_no_token": "unknown",
    "routes/018_auth_bad_token": "unknown",
}
"""Recording to who asked; `auth/` has the names in its files, all else is the admin's."""


KEPT_SKELETON = 288230376151711751
"""Whose skeleton had been made before."""
CHOSEN = {
    "state/001": r"nglstate/api/v1/\d+",
    "state/009": r"nglstate/api/v1/property/\d+",
    "routes/009": r"[0-9a-f]{32}",
}
"""Which part of an answer is a name that the server chose and that later requests speak of."""


@dataclass(frozen=True)
class Asked:
    """A recorded exchange, and what the mirror answered to the same request."""

    recorded: Exchange
    status: int
    headers: requests.structures.CaseInsensitiveDict[str]
    repeated: dict[str, list[str]]
    body: bytes
    """The body without compression."""
    names: Names


def walk(server: Any, shift: int) -> dict[str, Asked]:
    """Ask everything, and return the answers by the names of the exchanges."""
    names = Names(server, shift)
    answers = {}
    with requests.Session() as session:
        session.trust_env = False
        for one in exchanges():
            prepare(server.cave, names, one.name)
            answers[one.name] = _ask(session, server, names, one)
    return answers


def prepare(cave: Any, names: Names, name: str) -> None:
    """Do what was done between recorded exchanges by calls that were not recorded."""
    if name.startswith("annotation/004"):
        known = {**mirror.PLAIN, "user_id": "1", "description": "Nuclei of the test bench"}
        known["notice_text"] = "please cite the bench"
        cave.annotations.create_table(1, "t_nuclei", "nucleus_detection", known)
    elif name.startswith("annotation/016"):
        rows = [{"pt": {"position": [40 * one, 40, 16]}, "volume": 9.5 + one} for one in range(1, 7)]
        cave.annotations.post(1, "t_nuclei", rows)
    elif name.startswith("skeleton/001"):
        cave.skeletons.make(np.array([names.node(KEPT_SKELETON)]), 4)


def person(name: str) -> str:
    """Return who made a recorded call."""
    call = name.partition("[")[0]
    if call in ASKED_BY:
        return ASKED_BY[call]
    words = call.partition("/")[2].split("_")
    return words[1] if call.startswith("auth/") and words[1] in (*mirror.TOKENS, "unknown") else "admin"


def _authorization(name: str) -> str:
    if name.startswith("routes/019"):
        return "Basic abc"
    return f"Bearer {mirror.TOKENS.get(person(name), NOBODY_KNOWS)}"


def _ask(session: requests.Session, server: Any, names: Names, one: Exchange) -> Asked:
    headers = {**one.asked, "Authorization": _authorization(one.name)}
    request = requests.Request(
        one.method, server.address + names.url(one.url), headers=headers, data=names.body(one.body) or None
    )
    prepared = request.prepare()
    answer = session.send(prepared, stream=True, timeout=30, allow_redirects=False)
    body = _unpacked(answer.raw.read(decode_content=False), answer.headers.get("Content-Encoding"))
    if "roots_binary" in one.url:
        names.know_ids(one.answer)
    elif one.media_type != "data.arrow":
        names.know(one.answer.decode("utf-8", "replace"))
    _remember(names, one, body.decode("utf-8", "replace"))
    repeated = {name.lower(): answer.raw.headers.getlist(name) for name in answer.headers}
    return Asked(one, answer.status_code, answer.headers, repeated, body, names)


def _unpacked(wire: bytes, encoding: str | None) -> bytes:
    if encoding == "gzip":
        return gzip.decompress(wire)
    return zlib.decompress(wire) if encoding == "deflate" else wire


def _remember(names: Names, one: Exchange, text: str) -> None:
    """Keep names that the mirror chose and that later requests speak of."""
    pattern = CHOSEN.get(one.name.partition("_")[0])
    if pattern is not None:
        theirs, ours = (re.search(pattern, said) for said in (one.answer.decode(), text))
        if theirs and ours:
            names.texts[theirs[0]] = ours[0]
