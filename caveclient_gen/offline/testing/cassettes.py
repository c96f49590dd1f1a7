"""Cassettes: exchanges with real servers, recorded once and replayed ever after.

The recording itself is `vcrpy`'s. What is ours is what CAVE needs of it:

Rule 1: no secret is stored: no Authorization header, no cookie, no token in an address or a body. A
        token becomes the word TOKEN wherever it stands.
Rule 2: the present is not the same at the next run. A moment close to the present in a query or a JSON body
        is stored as the word NOW, and NOW matches any moment close to the present.
Rule 3: a request that was not recorded is refused with the remedy; nothing is asked of a server.
"""

from __future__ import annotations

import json
import re
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args
from urllib.parse import parse_qsl, quote, unquote_plus, urlencode, urlsplit, urlunsplit

from caveclient_gen.errors import CAVEError, InvalidArgumentError
from caveclient_gen.offline.testing import Mode

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

__all__ = ["Cassette", "Mode", "NotRecordedError", "cassette"]

TOKEN, NOW = "TOKEN", "NOW"
CLOSE_TO_NOW = 600.0
"""Seconds around the present that still count as the present."""

SECRET_HEADERS = ("authorization", "cookie", "set-cookie", "x-api-key")
SECRET_FIELDS = ("middle_auth_token", "token", "access_token")
_FIELD = f"(?:{'|'.join(SECRET_FIELDS)})"
IN_JSON = re.compile(rf'("{_FIELD}"\s*:\s*")((?:[^"\\]|\\.)+)')
IN_FORM = re.compile(rf"""(?<![^?&;])({_FIELD}=)([^&#\s"'<>]+)""")
"""In a form, or in an address, wherever that stands."""
HEX_TOKEN = re.compile(r"\b[0-9a-f]{32}\b")
"""How tokens of CAVE look. State ids and root ids never do."""
SHORTEST_TOKEN = 8
"""Shorter ones are no tokens, and replacing them would spoil texts."""
MOMENT = re.compile(r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d")


class NotRecordedError(CAVEError):
    """A request was made that the cassette does not have."""


class Cassette:
    """An open cassette.

    Attributes
    ----------
    path : Path
        Its file.
    played, recorded : int
        How many exchanges were replayed, and how many are new.
    """

    def __init__(self, path: Path, tape: Any) -> None:
        self.path = path
        self._tape = tape
        self._before = len(tape)

    def __repr__(self) -> str:
        return f"Cassette({str(self.path)!r}, played={self.played}, recorded={self.recorded})"

    @property
    def played(self) -> int:
        """How many exchanges were replayed."""
        return int(self._tape.play_count)

    @property
    def recorded(self) -> int:
        """How many exchanges are new."""
        return len(self._tape) - self._before


@contextmanager
def cassette(file: str | os.PathLike[str], *, mode: Mode = "once") -> Iterator[Cassette]:
    """Replay the exchanges of a file, or record them.

    Parameters
    ----------
    file : str or Path
        A YAML file; it is made when something is recorded.
    mode : {"none", "once", "new_episodes", "all"}
        "none" replays only; "once" records if there is no file; "new_episodes" records what the file lacks;
        "all" asks the servers for everything and records it anew.

    Yields
    ------
    Cassette
        While it is open, requests of every client of this process go through it.

    Raises
    ------
    NotRecordedError
        In the block: a request was made that is not on the cassette.
    InvalidArgumentError
        The mode is unknown, or there is nothing to replay.

    Examples
    --------
    Recorded at the first run, replayed at all others:

    >>> from caveclient_gen.offline import new_dataset, serve
    >>> from caveclient_gen.offline.testing.cassettes import cassette
    >>> with serve(new_dataset("recorded.cave", small=True, progress=False)) as server:
    ...     client = server.client()
    ...     with cassette("versions.yaml") as tape:
    ...         versions = client.materialize.get_versions()
    >>> with cassette("versions.yaml", mode="none") as tape:
    ...     client.materialize.get_versions() == versions
    True
    """
    path = Path(file)
    if mode not in get_args(Mode):
        raise InvalidArgumentError(f"Choose a mode: none, once, new_episodes or all, not {mode!r}.")
    if mode == "none" and not path.is_file():
        raise InvalidArgumentError(
            f"Record it first, with mode='once' or `pytest --cave-record=once`: there is no cassette {path}."
        )
    vcr, refused, cleaner = _recorder()
    try:
        with vcr.use_cassette(str(path), record_mode=mode) as tape:
            yield Cassette(path, tape)
    except Exception as error:
        if any(isinstance(cause, refused) for cause in _causes(error)):
            raise NotRecordedError(
                f"Record again (mode='all' or `pytest --cave-record=all`): {path} lacks a request. "
                f"{cleaner.plain(str(error))}"
            ) from None  # what led here names whole addresses, and a token may stand there
        raise


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _recorder() -> tuple[Any, type[Exception], _Cleaner]:
    try:
        import vcr
        from vcr.errors import CannotOverwriteExistingCassetteException

        from caveclient_gen.offline.testing.connections import PATCHES
    except ImportError as error:
        raise CAVEError(
            "Install what cassettes need: `pip install caveclient-gen[testing]`. vcrpy is missing."
        ) from error
    cleaner = _Cleaner()
    recorder = vcr.VCR(
        serializer="plain",
        match_on=("method", "scheme", "host", "port", "path", "query", "body"),
        before_record_request=cleaner.request,
        before_record_response=cleaner.response,
        decode_compressed_response=True,
        custom_patches=PATCHES,
    )
    recorder.register_serializer("plain", _PlainYaml)
    refused: type[Exception] = CannotOverwriteExistingCassetteException
    return recorder, refused, cleaner


class _PlainYaml:
    """YAML of plain values. Older releases of `vcrpy` make objects of what a stranger's file names."""

    @staticmethod
    def serialize(cassette_dict: dict[str, Any]) -> str:
        """Write."""
        import yaml

        return str(yaml.safe_dump(cassette_dict))

    @staticmethod
    def deserialize(cassette_string: str) -> Any:
        """Read."""
        import yaml

        return yaml.safe_load(cassette_string)


class _Cleaner:
    """Takes secrets and the present out of what is stored. It learns tokens where they are named as such."""

    def __init__(self) -> None:
        self._secrets: set[str] = set()

    def request(self, request: Any) -> Any:
        """Return the form of a request that is stored and compared."""
        headers = {}
        for name, value in request.headers.items():
            if name.lower() == "authorization":
                self._secrets.add(str(value).removeprefix("Bearer ").strip())
            if name.lower() not in (*SECRET_HEADERS, "user-agent"):
                headers[name] = value
        # A new one: the old one would give its body as a file again, if it came as one.
        cleaned = type(request)
        return cleaned(request.method, self._uri(request.uri), self._body(request.body), headers)

    def response(self, response: dict[str, Any]) -> dict[str, Any]:
        """Return an answer without cookies and tokens; the caller gets the original."""
        headers = {
            name: self._header(values)
            for name, values in response["headers"].items()
            if name.lower() not in SECRET_HEADERS
        }
        body = dict(response["body"])
        content = body.get("string")
        if isinstance(content, bytes) and _is_text(headers):
            text = self.plain(content.decode("utf-8", "surrogateescape"))
            body["string"] = text.encode("utf-8", "surrogateescape")
            # Its length may be another now.
            headers = {name: values for name, values in headers.items() if name.lower() != "content-length"}
        return {**response, "headers": headers, "body": body}

    def _uri(self, uri: str) -> str:
        parts = urlsplit(uri)
        pairs = [(name, _canonical(value)) for name, value in parse_qsl(parts.query, keep_blank_values=True)]
        query = urlencode(pairs, quote_via=quote)
        place = parts.netloc.rpartition("@")[2]  # without a name and a password
        return self.plain(urlunsplit((parts.scheme, place, parts.path, query, "")))

    def _body(self, body: Any) -> bytes | None:
        """Return a body without tokens, and the present named in JSON; what is no text stays as it is."""
        content = _content(body)
        if not content:
            return content
        try:
            text = content.decode()
        except UnicodeDecodeError:
            return content
        try:
            document = json.loads(text)
        except ValueError:
            return self.plain(text).encode()
        return self.plain(json.dumps(_canonical_tree(document), sort_keys=True)).encode()

    def _header(self, values: Any) -> Any:
        """Return the values of a header: an address that one is sent on to may have a token in it."""
        return self.plain(values) if isinstance(values, str) else [self.plain(str(one)) for one in values]

    def plain(self, text: str) -> str:
        """Return text with every token replaced by the word TOKEN; what a field of tokens holds is one."""
        self._secrets.update(value.replace("\\/", "/") for _, value in IN_JSON.findall(text))
        self._secrets.update(unquote_plus(value) for _, value in IN_FORM.findall(text))
        for fields in (IN_JSON, IN_FORM):
            text = fields.sub(rf"\g<1>{TOKEN}", text)
        for secret in sorted(self._secrets, key=len, reverse=True):  # one may be a part of another
            text = text.replace(secret, TOKEN) if len(secret) >= SHORTEST_TOKEN else text
        return HEX_TOKEN.sub(TOKEN, text)


def _content(body: Any) -> bytes | None:
    """Return the bytes of a body, which may be given as a file (that may be sent twice) or in pieces."""
    if body is None or isinstance(body, bytes):
        return body
    if isinstance(body, str):
        return body.encode()
    found: bytes = body.read() if hasattr(body, "read") else b"".join(body)
    return found


def _is_text(headers: dict[str, Any]) -> bool:
    """Whether a body is text: what is binary holds no token, and must not be touched."""
    kinds = [str(values) for name, values in headers.items() if name.lower() == "content-type"]
    return any("json" in kind or "html" in kind or "plain" in kind for kind in kinds)


def _canonical_tree(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _canonical_tree(one) for key, one in value.items()}
    # Lists are ids and rows; a moment never stands in one.
    return _canonical(value) if isinstance(value, str) else value


def _canonical(value: str) -> str:
    moment = _moment(value)
    return NOW if moment is not None and abs(moment - time.time()) < CLOSE_TO_NOW else value


def _moment(value: str) -> float | None:
    """Read a moment that is written as servers take it: seconds since 1970, or an ISO time."""
    try:
        if not MOMENT.match(value):
            return float(value) if re.fullmatch(r"\d{9,11}(\.\d+)?", value) else None
        read = datetime.fromisoformat(value)
    except ValueError:
        return None
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()
