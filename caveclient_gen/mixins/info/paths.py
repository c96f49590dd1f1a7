"""Cloud paths in the forms that different programs want.

A path has up to three parts: the format of the layer (`precomputed://` or `graphene://`), how to get at it
(`gs://`, `https://`, with `middleauth+` before it where a token is needed), and where it is. Nothing is
looked up; each function only rewrites text, and refuses what it cannot say in the wanted form.

| `format_for` | imagery | segmentation graph |
|---|---|---|
| `raw` | as it is | as it is |
| `cloudvolume` | `precomputed://https://...`; a `precomputed://` path stays | `graphene://https://...` |
| `neuroglancer` | `precomputed://gs://...` where it is a bucket | `graphene://https://...` |
| `cave_explorer`, `cave-explorer`, `spelunker` | as for neuroglancer | `graphene://middleauth+https://...` |
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from caveclient_gen._runtime.errors import InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Callable

_BUCKETS = "storage.googleapis.com/"
_LOGIN = "middleauth+"


class _CloudPath(NamedTuple):
    layer: str
    """"precomputed", "graphene", or "" where the path does not say."""
    login: bool
    """It says that a token is needed."""
    scheme: str
    """"gs", "https", "http", "s3", ..."""
    place: str
    """Host or bucket, and path."""

    @property
    def is_web(self) -> bool:
        return self.scheme in ("http", "https")

    @property
    def address(self) -> str:
        return f"{self.scheme}://{self.place}"


def format_precomputed_neuroglancer(objurl: str) -> str:
    """Return the path of imagery as neuroglancer writes it: `precomputed://gs://bucket/path` for a bucket.

    Parameters
    ----------
    objurl : str
        Path like `gs://...`, `https://...` or `precomputed://...`.

    Returns
    -------
    str
        The path; one on a web server that is no bucket becomes `precomputed://https://...`.

    Raises
    ------
    InvalidArgumentError
        It is no path of imagery.
    """
    path = _imagery(objurl)
    if path.is_web and path.place.startswith(_BUCKETS) and len(path.place) > len(_BUCKETS):
        return f"precomputed://gs://{path.place.removeprefix(_BUCKETS)}"
    return f"precomputed://{path.address}"


def format_precomputed_https(objurl: str) -> str:
    """Return the path of imagery over https: `precomputed://https://storage.googleapis.com/bucket/path`.

    Parameters
    ----------
    objurl : str
        Path like `gs://...`, `https://...` or `precomputed://...`.

    Returns
    -------
    str
        The path.

    Raises
    ------
    InvalidArgumentError
        It is no path of imagery, or one that https cannot reach.

    Examples
    --------
    >>> format_precomputed_https("gs://bucket/em")
    'precomputed://https://storage.googleapis.com/bucket/em'
    """
    path = _imagery(objurl)
    if path.scheme == "gs":
        return f"precomputed://https://{_BUCKETS}{path.place}"
    if path.is_web:
        return f"precomputed://{path.address}"
    raise _refused(objurl, "a path that https can reach")


def format_graphene(objurl: str) -> str:
    """Return the path of a segmentation graph: `graphene://https://...`.

    Parameters
    ----------
    objurl : str
        Path like `graphene://...` or `https://...`.

    Returns
    -------
    str
        The path; `middleauth+` stays if it is there.

    Raises
    ------
    InvalidArgumentError
        It is no path of a segmentation graph.
    """
    path = _graph(objurl)
    return f"graphene://{_LOGIN if path.login else ''}{path.address}"


def format_verbose_graphene(objurl: str) -> str:
    """Return the path of a segmentation graph that says a token is needed: `graphene://middleauth+https://...`.

    Parameters
    ----------
    objurl : str
        Path like `graphene://...` or `https://...`.

    Returns
    -------
    str
        The path.

    Raises
    ------
    InvalidArgumentError
        It is no path of a segmentation graph.
    """
    return f"graphene://{_LOGIN}{_graph(objurl).address}"


def format_raw(objurl: str) -> str:
    """Return the path as it is.

    Parameters
    ----------
    objurl : str
        Any path.

    Returns
    -------
    str
        The same.
    """
    return objurl


def format_cloudvolume(objurl: str) -> str:
    """Return a path as CloudVolume reads it.

    Parameters
    ----------
    objurl : str
        Path of imagery or of a segmentation graph; one without format is imagery.

    Returns
    -------
    str
        `graphene://...` or `precomputed://...`.

    Raises
    ------
    InvalidArgumentError
        It is neither.
    """
    path = _parse(objurl)
    if path.layer == "graphene":
        return format_graphene(objurl)
    return objurl if path.layer == "precomputed" else format_precomputed_https(objurl)


def format_neuroglancer(objurl: str) -> str:
    """Return a path as neuroglancer reads it.

    Parameters
    ----------
    objurl : str
        Path of imagery or of a segmentation graph; one without format is imagery.

    Returns
    -------
    str
        `graphene://...` or `precomputed://...`.

    Raises
    ------
    InvalidArgumentError
        It is neither.
    """
    is_graph = _parse(objurl).layer == "graphene"
    return format_graphene(objurl) if is_graph else format_precomputed_neuroglancer(objurl)


def format_cave_explorer(objurl: str) -> str:
    """Return a path as Spelunker (once CAVE Explorer) reads it.

    Parameters
    ----------
    objurl : str
        Path of imagery or of a segmentation graph; one without format is imagery.

    Returns
    -------
    str
        `graphene://middleauth+...` or `precomputed://...`.

    Raises
    ------
    InvalidArgumentError
        It is neither.
    """
    is_graph = _parse(objurl).layer == "graphene"
    return format_verbose_graphene(objurl) if is_graph else format_precomputed_neuroglancer(objurl)


output_map: dict[str, Callable[[str], str]] = {
    "raw": format_raw,
    "cloudvolume": format_cloudvolume,
    "neuroglancer": format_neuroglancer,
    "cave_explorer": format_cave_explorer,
    "cave-explorer": format_cave_explorer,
    "spelunker": format_cave_explorer,
}
"""Names that `format_for` arguments accept, and the function behind each."""


def format_source(source: str, format_for: str, *, is_segmentation: bool = False) -> str:
    """Return a path of the info service in the form that a program wants.

    Parameters
    ----------
    source : str
        The path as the info service has it.
    format_for : str
        A name in `output_map`.
    is_segmentation : bool
        It is a segmentation: a bare web address then is a segmentation graph, not imagery.

    Returns
    -------
    str
        The path.

    Raises
    ------
    InvalidArgumentError
        There is no such form, or the path cannot be said in it.
    """
    formatter = output_map.get(format_for)
    if formatter is None:
        raise InvalidArgumentError(f"Give format_for as one of {sorted(output_map)}, not {format_for!r}.")
    is_bare_graph = is_segmentation and source.startswith(("https://", "http://"))
    return formatter(f"graphene://{source}" if is_bare_graph and formatter is not format_raw else source)


def _imagery(objurl: str) -> _CloudPath:
    path = _parse(objurl)
    if path.layer == "graphene":
        raise _refused(objurl, "a path of imagery")
    return path


def _graph(objurl: str) -> _CloudPath:
    path = _parse(objurl)
    if path.layer == "precomputed" or not path.is_web:
        raise _refused(objurl, "a path of a segmentation graph")
    return path


def _parse(objurl: str) -> _CloudPath:
    layer, rest = "", str(objurl)  # a datastack without the path has None there
    for known in ("precomputed", "graphene"):
        if rest.startswith(f"{known}://"):
            layer, rest = known, rest.removeprefix(f"{known}://")
            break
    login = rest.startswith(_LOGIN)
    scheme, separator, place = rest.removeprefix(_LOGIN).partition("://")
    if not separator or not place or not scheme.isalnum():
        raise _refused(objurl, "a cloud path")
    return _CloudPath(layer, login, scheme, place)


def _refused(objurl: object, wanted: str) -> InvalidArgumentError:
    return InvalidArgumentError(
        f"Give {wanted}, like 'precomputed://gs://bucket/path' or 'graphene://https://host/path': "
        f"{objurl!r} is not one."
    )
