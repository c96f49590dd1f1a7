"""Every recorded call of the state service, made again; results compared with the recorded bytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from recorded import Played, replay_call
from replay_server import Recording

from caveclient_gen import errors

Check = Callable[[Played], None]
Call = Callable[[Any, Recording], Any]


def same_json(played: Played) -> None:
    assert played.result == played.reply_json()


def number(played: Played) -> None:
    """The result is the number at the end of the address that was answered."""
    assert played.result == int(played.reply_json().rsplit("/", 1)[1])


def nothing_known(played: Played) -> None:
    assert played.result == {}


def older_link(played: Played) -> None:
    """A deployment that does not say what it is gets links in the older form."""
    here = played.replay.address
    assert played.result == f"{here}/ngl/?json_url={here}/nglstate/api/v1/1"


def refused(error: type[Exception], words: str) -> Check:
    """The call raises `error`, whose message holds `words` and no page."""

    def check(played: Played) -> None:
        assert isinstance(played.error, error), repr(played.error)
        assert words in str(played.error)
        assert "<" not in str(played.error)

    return check


def same_call(client: Any, recording: Recording) -> Any:
    """Call the recorded method; addresses of the recorded deployment are this one's."""
    here = client.server_address
    args, kwargs = (_at(here, part) for part in (recording.args, recording.kwargs))
    return getattr(client.state, recording.call.split(".")[1])(*args, **kwargs)


def _at(here: str, value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("http://cave.local", here)
    if isinstance(value, list):
        return [_at(here, item) for item in value]
    return {key: _at(here, item) for key, item in value.items()} if isinstance(value, dict) else value


def asking_for_a_link(client: Any, _: Recording) -> Any:
    """The old client asked the viewer always; ours if it is told to (F067)."""
    viewer = f"{client.server_address}/ngl"
    return client.state.build_neuroglancer_url(1, ngl_url=viewer, target_site="detect")


@dataclass(frozen=True)
class Case:
    """What the result must be, and the call if it is not the recorded one."""

    check: Check = same_json
    call: Call = same_call


CASES: dict[str, Case] = {
    "001_upload_state_json": Case(number),
    "002_get_state_json": Case(),
    "004_get_state_json_missing": Case(refused(errors.NotFoundError, "state.get_state_json")),
    "005_get_state_json_bad": Case(refused(errors.InvalidIdError, "Pass state_id")),
    "006_upload_state_json_id": Case(number),
    "008_get_state_json_4242": Case(),
    "009_upload_property_json": Case(number),
    "010_get_property_json": Case(),
    "012_build_neuroglancer_url_auto": Case(older_link, asking_for_a_link),
    "013_get_neuroglancer_info": Case(nothing_known),
}
LEFT_OUT = {"014_save_state_json_local": "no exchange: writes a file, tested in tests/state"}


@pytest.mark.parametrize("recording", Recording.load_all("state"), ids=lambda one: one.name)
def test_recorded_call(recording: Recording, record_property: Any) -> None:
    name = recording.name.split("/")[1]
    if name in LEFT_OUT:
        assert name not in CASES
        record_property("left_out", (recording.name, LEFT_OUT[name]))
        return
    case = CASES[name]
    with replay_call(recording.name, case.call) as played:
        if played.error is not None and not case.check.__qualname__.startswith("refused"):
            raise played.error
        case.check(played)
        assert played.not_asked() == []
        paths = [ask.path for ask in played.replay.asked]
        with_token = dict(zip(paths, played.replay.authorized, strict=True))
        assert with_token.pop("/ngl/version.json", None) is None  # a viewer has no business with it
        assert None not in with_token.values()
    record_property("replayed", recording.name)


def test_states_come_compressed() -> None:
    """The service lies about its compression unless both kinds are accepted; so does the replay."""
    for name in ("002_get_state_json", "010_get_property_json"):
        with replay_call(f"state/{name}", same_call) as played:
            assert played.wire[0].reply.encoding == "deflate"
            same_json(played)
