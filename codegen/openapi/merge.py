"""Several things under one name: operations that share a route, arguments that share a name on the wire.

OpenAPI has one operation for each method of a path, and one parameter for each name in each place.
Descriptors may have several: one request may be several methods for people, told apart by a constant or
by what they take from the answer. What shares a place becomes one thing that allows whatever any of them
allows. Which of it goes with which cannot be said there, so the parts themselves stand beside it, each
complete, under `x-operations` or `x-alternatives`: nothing is lost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codegen.openapi.schemas import TEXT, Json, distinct, either

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

_WRITING = ("style", "explode", "content")
"""How a parameter is written: what differs in these cannot be one parameter with two schemas."""

_NOBODY: Json = {}
"""The security requirement that nothing is required."""


def alternatives(parameters: list[Json]) -> list[Json]:
    """Merge the parameters of one operation that share a name: callers give one of them."""
    return [
        same[0] if len(same) == 1 else {**_parameter(same, everywhere=True), "x-alternatives": same}
        for same in _grouped(parameters, _place)
    ]


def operations(members: list[Json], document: Json) -> Json:
    """
    Merge operations that share a route.

    Parameters
    ----------
    members : list of dict
        Their Operation objects; one alone comes back as it is.
    document : dict
        Has the `servers` and `security` that hold for operations that do not say their own.

    Returns
    -------
    dict
        One Operation object, with the members under `x-operations`.
    """
    if len(members) == 1:
        return members[0]
    made: Json = {
        "operationId": "_or_".join(each["operationId"] for each in members),
        "tags": distinct(tag for each in members for tag in each["tags"]),
        "summary": " / ".join(each["summary"] for each in members),
        "description": "\n\n".join(_headed(each) for each in members),
        **({"deprecated": True} if all(each.get("deprecated") for each in members) else {}),
        "parameters": _parameters(members),
        **_body(members),
        "responses": _responses(members),
        **_surroundings(members, document),
    }
    return {**made, **_agreed(members), "x-operations": members}


def _headed(member: Json) -> str:
    return f"`{member['operationId']}`: {member.get('description', '')}".strip()


def _parameters(members: list[Json]) -> list[Json]:
    every = [parameter for member in members for parameter in member.get("parameters", [])]
    return [_parameter(same, everywhere=len(same) == len(members)) for same in _grouped(every, _place)]


def _parameter(same: list[Json], *, everywhere: bool) -> Json:
    """Merge parameters of one name; where some operations have none, it cannot be required."""
    first = same[0]
    required = first["in"] == "path" or (everywhere and all(each["required"] for each in same))
    made: Json = {
        "name": first["name"],
        "in": first["in"],
        "description": "\n\n".join(distinct(each["description"] for each in same)),
        "required": required,
        **({"deprecated": True} if all(each.get("deprecated") for each in same) else {}),
        **_value(same),
    }
    examples = {key: shown for each in same for key, shown in each.get("examples", {}).items()}
    return {**made, **({"examples": examples} if examples else {}), **_agreed(same)}


def _value(same: list[Json]) -> Json:
    """Say how the value of a merged parameter is written."""
    first = same[0]
    if any(_content_type(each) != _content_type(first) for each in same):
        return {"schema": TEXT}
    if "content" in first:
        return {"content": _contents([each["content"] for each in same])}
    return {
        **{key: first[key] for key in _WRITING if key in first},
        "schema": either([each["schema"] for each in same]),
    }


def _content_type(parameter: Json) -> tuple[Any, ...]:
    return tuple(
        sorted(parameter.get(field, ())) if field == "content" else parameter.get(field) for field in _WRITING
    )


def _body(members: list[Json]) -> Json:
    bodies = [each["requestBody"] for each in members if "requestBody" in each]
    if not bodies:
        return {}
    words = "\n\n".join(distinct(each["description"] for each in bodies if "description" in each))
    made: Json = {
        **({"description": words} if words else {}),
        "required": len(bodies) == len(members) and all(each["required"] for each in bodies),
        "content": _contents([each["content"] for each in bodies]),
    }
    return {"requestBody": made | _agreed(bodies)}


def _responses(members: list[Json]) -> Json:
    statuses = distinct(status for each in members for status in each["responses"])
    return {
        status: _response([each["responses"][status] for each in members if status in each["responses"]])
        for status in sorted(statuses)
    }


def _response(same: list[Json]) -> Json:
    # A reference is to an answer that holds everywhere; one that an operation describes says more.
    return answer(distinct(each for each in same if "$ref" not in each) or distinct(same))


def answer(same: list[Json]) -> Json:
    """Merge the forms of an answer with one status."""
    if len(same) == 1:
        return same[0]
    headers = {name: header for each in same for name, header in each.get("headers", {}).items()}
    contents = [each["content"] for each in same if "content" in each]
    made: Json = {
        "description": "\n\n".join(distinct(each["description"] for each in same)),
        **({"headers": headers} if headers else {}),
        **({"content": _contents(contents)} if contents else {}),
    }
    return made | _agreed(same)


def _contents(contents: list[Json]) -> Json:
    media_types = distinct(media_type for content in contents for media_type in content)
    return {
        media_type: _media([content[media_type] for content in contents if media_type in content])
        for media_type in media_types
    }


def _media(same: list[Json]) -> Json:
    if len(same) == 1:
        return same[0]
    examples = {key: shown for each in same for key, shown in each.get("examples", {}).items()}
    parts = distinct(part for each in same for part in each.get("x-alternatives", [_without_examples(each)]))
    return {
        "schema": either([each["schema"] for each in same]),
        **({"examples": examples} if examples else {}),
        **_agreed(same),
        **({"x-alternatives": parts} if len(parts) > 1 else {}),
    }


def _without_examples(media: Json) -> Json:
    return {key: value for key, value in media.items() if key != "examples"}


def _surroundings(members: list[Json], document: Json) -> Json:
    """Name the servers and the security of all members, if any has its own."""
    found: Json = {}
    for field in ("servers", "security"):
        if any(field in each for each in members):
            held = [each.get(field, document.get(field, [])) for each in members]
            # No requirement at all is the empty list; among others it is the empty requirement.
            found[field] = distinct(item for items in held for item in (items or [_NOBODY]))
    return found


def _agreed(same: list[Json]) -> Json:
    """Return the extensions in which all agree."""
    first, *others = same
    return {
        key: value
        for key, value in first.items()
        if key.startswith("x-") and all(each.get(key) == value for each in others)
    }


def _place(parameter: Json) -> Hashable:
    name: str = parameter["name"]
    # Names of headers are the same in capitals and in small letters.
    return parameter["in"], name.lower() if parameter["in"] == "header" else name


def _grouped(items: Iterable[Json], key: Callable[[Json], Hashable]) -> list[list[Json]]:
    groups: dict[Hashable, list[Json]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return list(groups.values())
