"""Token files: which token is found, how one is saved, and that none is shown."""

from __future__ import annotations

import json
import logging
import os
import pickle
import stat
import warnings
from pathlib import Path
from typing import Any

import pytest

from caveclient_gen.auth import (
    AuthClient,
    default_token_file,
    deprecated_token_files,
    server_token_filename,
    write_token,
)
from caveclient_gen.errors import AuthError, InvalidArgumentError

SERVER = "https://cave.example"
GIVEN, NAMED, OWN, SHARED, OLD, OTHER = (letter * 32 for letter in "abcdef")
ALL = (GIVEN, NAMED, OWN, SHARED, OLD, OTHER)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("CAVE_TOKEN", raising=False)
    return tmp_path


def put(path: str | Path, token: Any, key: str = "token") -> Path:
    file = Path(path).expanduser()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({key: token}))
    return file


def make(**arguments: Any) -> AuthClient:
    return AuthClient(server_address=SERVER, **arguments)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_order_of_look_up(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each place wins over those below it; places are added from the bottom up."""
    assert make().token is None
    put(deprecated_token_files[0], OLD)
    assert make().token == OLD
    put(default_token_file, SHARED)
    assert make().token == SHARED
    put(server_token_filename(SERVER), OWN)
    assert make().token == OWN
    monkeypatch.setenv("CAVE_TOKEN", NAMED)
    assert make().token == NAMED
    put(home / "mine.json", OTHER)
    assert make(token_file="~/mine.json").token == OTHER
    assert make(token_file="~/mine.json", token=GIVEN).token == GIVEN


@pytest.mark.parametrize(
    ("arguments", "variable", "words"),
    [
        ({"token": GIVEN}, None, "given to this client"),
        ({}, NAMED, "environment variable CAVE_TOKEN"),
        ({}, None, "cave-secret.json, key 'token'"),
        ({"token_key": "nothing"}, None, "nowhere"),
        ({"token_file": "~/absent.json"}, NAMED, "absent.json, the only file to look in, has none"),
    ],
)
def test_source_is_told_without_the_token(
    arguments: dict[str, Any], variable: str | None, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(default_token_file, SHARED)
    if variable:
        monkeypatch.setenv("CAVE_TOKEN", variable)
    source = make(**arguments).token_source
    assert words in source
    assert not any(token in source for token in ALL)


def test_named_file_is_the_only_one_asked() -> None:
    put(default_token_file, SHARED)
    client = make(token_file="~/absent.json")
    assert client.token is None
    assert client.request_header == {}


def test_nothing_is_read_when_the_client_is_made() -> None:
    file = Path(default_token_file).expanduser()
    file.parent.mkdir(parents=True)
    file.write_text("{ damaged")
    client = make()  # F088: no error here
    with pytest.raises(AuthError, match="Mend or remove the token file"):
        _ = client.token
    assert "Mend or remove" in client.token_source


@pytest.mark.parametrize("content", [f'{{"token": "{OWN}"', f'"{OWN}"', f'["{OWN}"]', ""])
def test_damaged_file_is_named_but_not_quoted(content: str) -> None:
    file = Path(default_token_file).expanduser()
    file.parent.mkdir(parents=True)
    file.write_text(content)
    with pytest.raises(AuthError) as caught:
        _ = make().token
    assert str(file) in str(caught.value)
    assert OWN not in str(caught.value)


def test_get_token_changes_nothing() -> None:
    put(default_token_file, SHARED)
    put(server_token_filename(SERVER), OTHER, key="second")
    client = make()
    assert client.get_token() == SHARED
    assert client.get_token("token") == SHARED
    assert client.get_token("second") == OTHER
    assert client.get_token("third") is None
    assert client.token == SHARED  # F020
    assert make(token=GIVEN).get_token() == GIVEN


def test_request_header() -> None:
    assert make(token=GIVEN).request_header == {"Authorization": f"Bearer {GIVEN}"}


def test_token_is_in_no_repr_and_no_pickle() -> None:
    client = make(token=GIVEN)
    assert GIVEN not in repr(client) + repr(vars(client)) + str(client.prepare("get_tokens"))
    assert GIVEN.encode() not in pickle.dumps(client)


def test_pickle_finds_the_token_again_in_its_file() -> None:
    put(default_token_file, SHARED)
    client = make()
    assert client.token == SHARED
    packed = pickle.dumps(client)
    assert SHARED.encode() not in packed
    assert pickle.loads(packed).token == SHARED


def test_pickle_of_a_given_token_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    again = pickle.loads(pickle.dumps(make(token=GIVEN)))
    with pytest.raises(AuthError, match="CAVE_TOKEN"):
        _ = again.token
    monkeypatch.setenv("CAVE_TOKEN", NAMED)
    assert again.token == NAMED


@pytest.mark.parametrize("bad", ["", "  ", "two words", "line\nbreak", "tök"])
def test_texts_that_no_token_is(bad: str) -> None:
    with pytest.raises(AuthError, match="as the auth server shows it"):
        make(token=bad)


# Saving


def test_save_by_default(home: Path) -> None:
    client = make(local_server="local.example")
    client.save_token(OWN)
    files = [default_token_file, server_token_filename(SERVER), client.local_server_filepath]
    for name in files:
        file = Path(str(name)).expanduser()
        assert json.loads(file.read_text()) == {"token": OWN}
        assert mode(file) == 0o600  # F018
        assert mode(file.parent) == 0o700
    assert client.token == OWN
    assert make().token == OWN


def test_save_works_with_a_named_file(home: Path) -> None:
    client = make(token_file="~/mine.json")
    client.save_token(OWN)  # F040
    assert json.loads((home / "mine.json").read_text()) == {"token": OWN}
    client.save_token(OTHER, "second", token_file="~/deeper/other.json", write_to_server_file=False)  # F017
    assert json.loads((home / "deeper" / "other.json").read_text()) == {"second": OTHER}
    assert client.token == OTHER


@pytest.mark.parametrize("name", ["shared", "server", "local"])
def test_save_never_replaces_another_token_unasked(name: str) -> None:
    client = make(local_server="https://local.example")
    files = {
        "shared": default_token_file,
        "server": server_token_filename(SERVER),
        "local": server_token_filename("https://local.example"),
    }
    there = put(files[name], OLD)
    with pytest.raises(InvalidArgumentError, match="overwrite=True") as caught:
        client.save_token(OWN)  # F019
    assert not any(token in str(caught.value) for token in ALL)
    written = [Path(file).expanduser() for file in files.values() if Path(file).expanduser().exists()]
    assert written == [there]  # all or nothing
    assert json.loads(there.read_text()) == {"token": OLD}
    client.save_token(OWN, overwrite=True)
    assert json.loads(there.read_text()) == {"token": OWN}


def test_other_keys_stay_and_the_same_token_is_no_conflict() -> None:
    file = put(default_token_file, OLD, key="second")
    client = make()
    client.save_token(OWN)
    client.save_token(OWN)  # F088
    assert json.loads(file.read_text()) == {"second": OLD, "token": OWN}


def test_save_without_switching() -> None:
    client = make(token=GIVEN)
    client.save_token(OWN, switch_token=False)
    assert client.token == GIVEN
    with pytest.raises(InvalidArgumentError, match="get_new_token"):
        make(token_file="~/absent.json").save_token()


def test_saved_token_wins_over_the_variable_now_and_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("CAVE_TOKEN", NAMED)
    client = make()
    with caplog.at_level(logging.WARNING):
        client.save_token(OWN)
    assert client.token == OWN
    assert "Unset CAVE_TOKEN" in caplog.text
    assert NAMED not in caplog.text


@pytest.fixture
def blocked(home: Path) -> Path:
    """A file where the folder of the tokens should be: not even root can write there."""
    (home / ".cloudvolume").mkdir()
    (home / ".cloudvolume" / "secrets").write_text("not a folder")
    return home


def test_place_that_cannot_be_written(blocked: Path) -> None:
    client = make()
    with pytest.warns(UserWarning, match=r"not saved in .*cave-secret\.json"):  # F017, F041
        client.save_token(OWN)
    assert client.token == OWN
    with pytest.raises(OSError, match="secrets"):
        client.save_token(OWN, ignore_readonly=False)


# write_token


def test_write_token_into_a_plain_file_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_token(OWN, "secret.json", "token")  # F088: no folder in the name
    assert json.loads(Path("secret.json").read_text()) == {"token": OWN}
    write_token(OWN, "secret.json", "token", overwrite=False)
    with pytest.raises(ValueError, match="another one is there"):
        write_token(OTHER, "secret.json", "token", overwrite=False)
    write_token(OTHER, "secret.json", "token")
    assert json.loads(Path("secret.json").read_text()) == {"token": OTHER}


def test_write_token_tightens_rights_and_leaves_nothing_else(tmp_path: Path) -> None:
    file = put(tmp_path / "secret.json", OLD)
    file.chmod(0o644)
    write_token(OWN, file, "token")
    assert mode(file) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret.json"]


def test_write_token_keeps_a_damaged_file_aside(tmp_path: Path) -> None:
    file = tmp_path / "secret.json"
    file.write_text("{ damaged")
    with pytest.raises(InvalidArgumentError, match="moved aside"):
        write_token(OWN, file, "token", overwrite=False)
    write_token(OWN, file, "token")
    assert json.loads(file.read_text()) == {"token": OWN}
    assert (tmp_path / "secret.json.damaged").read_text() == "{ damaged"


def test_write_token_follows_a_link(tmp_path: Path) -> None:
    real = put(tmp_path / "real.json", OLD)
    link = tmp_path / "link.json"
    link.symlink_to(real)
    write_token(OWN, link, "token")
    assert link.is_symlink()
    assert json.loads(real.read_text()) == {"token": OWN}


def test_damaged_file_behind_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real.json", tmp_path / "link.json"
    real.write_text("{ damaged")
    link.symlink_to(real)
    write_token(OWN, link, "token")
    assert link.is_symlink()
    assert json.loads(real.read_text()) == {"token": OWN}
    assert (tmp_path / "real.json.damaged").exists()


def test_crash_while_writing_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = put(tmp_path / "secret.json", OLD)

    def crash(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", crash)
    with pytest.raises(KeyboardInterrupt):
        write_token(OWN, file, "token")
    assert json.loads(file.read_text()) == {"token": OLD}
    assert [path.name for path in tmp_path.iterdir()] == ["secret.json"]


def test_write_token_where_it_cannot(blocked: Path, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(OSError, match="secrets"):
        write_token(OWN, default_token_file, "token")
    with caplog.at_level(logging.WARNING):
        write_token(OWN, default_token_file, "token", ignore_readonly=True)
    assert "not saved" in caplog.text
    assert OWN not in caplog.text


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://minnie.example.org", "minnie.example.org-cave-secret.json"),
        ("minnie.example.org/", "minnie.example.org-cave-secret.json"),
        ("http://localhost:8000", "localhost:8000-cave-secret.json"),
    ],
)
def test_file_of_a_server(address: str, name: str, home: Path) -> None:
    assert server_token_filename(address) == str(home / ".cloudvolume" / "secrets" / name)


# Telling people what to do


def test_instructions(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda url: opened.append(url) or True)
    client = make(token=GIVEN)
    client.get_new_token()
    text = capsys.readouterr().out
    assert f"{SERVER}/auth/api/v1/create_token" in text
    assert "save_token" in text
    assert GIVEN not in text
    assert opened == []
    client.get_new_token(open=True, no_text=True)
    assert capsys.readouterr().out == ""
    client.setup_token(make_new=False, open=False)
    assert f"{SERVER}/sticky_auth/settings/tokens" in capsys.readouterr().out
    client.setup_token()
    assert client.get_token_page(open=False) == f"{SERVER}/sticky_auth/settings/tokens"
    assert opened == [f"{SERVER}/auth/api/v1/create_token"] * 2


def test_import_warns_of_nothing() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        make(token=GIVEN).get_new_token(no_text=True)
