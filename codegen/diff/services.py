"""What all API versions of a service share: where it lives, what its client is called, its features."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from codegen.diff.gates import compare_unknown_version
from codegen.diff.note import Note, Notes, became, shown
from codegen.diff.pairing import pair as paired
from codegen.diff.words import told_anew

if TYPE_CHECKING:
    from collections.abc import Callable

    from codegen import ir
    from codegen.diff.context import ServicePair


def compare_service(pair: ServicePair) -> Notes:
    """Tell what differs of a service as a whole."""
    yield from _names(pair.old, pair.new)
    yield from _server(pair.old.server, pair.new.server)
    yield from _hole_defaults(pair)
    yield from _attributes(pair.old, pair.new)
    yield from _features(pair.old, pair.new)
    yield from told_anew(("summary", pair.old.summary, pair.new.summary))


def _names(old: ir.Service, new: ir.Service) -> Notes:
    for field, at in (("name", "service"), ("attribute", "attribute"), ("module", "module")):
        before, after = getattr(old, field), getattr(new, field)
        if before != after:
            yield became("service-renamed", at, before, after, at=at)
    if old.client != new.client:
        yield became("client-class-renamed", "client", old.client, new.client, at="client")


_SERVER = (
    ("base", "base-url-changed"),
    ("address", "server-alias-changed"),
    ("auth", "auth-scheme-changed"),
    ("version_path", "discovery-path-changed"),
    ("api_versions_path", "discovery-path-changed"),
)
"""Fields of `server` whose changes mean the same whichever way they go."""


def _server(old: ir.Server, new: ir.Server) -> Notes:
    for field, rule in _SERVER:
        before, after = getattr(old, field), getattr(new, field)
        if before != after:
            yield became(rule, field, before, after, at=f"server.{field}")
    if old.key != new.key:
        # The key is a name in address templates; the client itself does not ask by it.
        rule = "server-alias-changed"
        yield became(rule, "key", old.key, new.key, at="server.key", wire="none", source="breaking")
    yield from compare_unknown_version(old.unknown_version, new.unknown_version, "server.unknown_version")
    if old.fallback_api != new.fallback_api:
        rule = _fallback_rule(old.fallback_api, new.fallback_api)
        yield became(rule, "fallback_api", old.fallback_api, new.fallback_api, at="server.fallback_api")
    if old.fallback_servers != new.fallback_servers:
        before, after = " or ".join(old.fallback_servers), " or ".join(new.fallback_servers)
        rule = "fallback-servers-changed"
        yield became(rule, "fallback_servers", before or None, after or None, at="server.fallback_servers")
    for field in ("connect", "read"):
        before, after = getattr(old, f"{field}_timeout"), getattr(new, f"{field}_timeout")
        if before != after:
            rule = "timeout-lowered" if after < before else "timeout-raised"
            yield became(rule, f"timeout.{field}", before, after, at=f"server.timeout.{field}")


def _fallback_rule(old: str | None, new: str | None) -> str:
    if new is None:
        return "fallback-api-removed"
    return "fallback-api-added" if old is None else "fallback-api-changed"


def _hole_defaults(pair: ServicePair) -> Notes:
    before, after = dict(pair.old.hole_defaults), dict(pair.new.hole_defaults)
    for hole in {**before, **after}:
        at = f"defaults.{hole}"
        if hole not in after:
            yield Note(
                "hole-default-removed", f"{{{hole}}} from client.{before[hole]} no more", before[hole], at=at
            )
        elif hole not in before:
            yield Note(
                "hole-default-added", f"{{{hole}}} from client.{after[hole]}", None, after[hole], at=at
            )
        elif before[hole] != after[hole]:
            words = f"{{{hole}}} from client.{before[hole]} -> client.{after[hole]}"
            filled = _filled(pair.new, hole)
            yield Note(
                "default-source-changed", words, before[hole], after[hole], at=f"{at}.attr", also=filled
            )


def _filled(service: ir.Service, hole: str) -> tuple[str, ...]:
    """List the operations that have a hole which the client fills."""
    return _operations(service, lambda operation: hole in dict(operation.holes))


def _operations(service: ir.Service, is_meant: Callable[[ir.Operation], bool]) -> tuple[str, ...]:
    """List some operations of a service, in each API version that has them."""
    return tuple(
        f"{service.name}@{api.number}.{operation.name}"
        for api in service.apis
        for operation in api.operations
        if is_meant(operation)
    )


def _attributes(old: ir.Service, new: ir.Service) -> Notes:
    pairs = paired(old.attributes, new.attributes)
    for attribute in pairs.removed:
        words = f"client.{attribute.name} is described no more"
        yield Note("client-attribute-removed", words, attribute.name, at=f"attributes.{attribute.name}")
    for attribute in pairs.added:
        words = f"client.{attribute.name} ({attribute.type})"
        yield Note("client-attribute-added", words, None, attribute.name, at=f"attributes.{attribute.name}")
    for before, after in pairs.both:
        at = f"attributes.{after.name}"
        if before.type != after.type:
            rule, label = "client-attribute-type-changed", f"client.{after.name}"
            yield became(rule, label, before.type, after.type, at=f"{at}.type")
        if before.example != after.example:
            label = f"example of client.{after.name}"
            yield became("example-changed", label, before.example, after.example, at=f"{at}.example")
        yield from told_anew((f"{at}.doc", before.doc, after.doc))


def _features(old: ir.Service, new: ir.Service) -> Notes:
    pairs = paired(old.features, new.features)
    for feature in pairs.removed:
        words = f"feature {feature.name} is gone"
        yield Note("feature-undescribed", words, feature.name, at=f"features.{feature.name}")
    for feature in pairs.added:
        yield Note(
            "feature-described", f"feature {feature.name}", None, feature.name, at=f"features.{feature.name}"
        )
    for before, after in pairs.both:
        at = f"features.{after.name}"
        if before.attr != after.attr:
            rule, label = "feature-check-changed", f"feature {after.name}: client."
            yield Note(
                rule, f"{label}{before.attr} -> client.{after.attr}", before.attr, after.attr, at=f"{at}.attr"
            )
        if before.message != after.message:
            label = f"message of {after.name}"
            yield became("feature-message-changed", label, before.message, after.message, at=f"{at}.message")


def compare_types(pair: ServicePair) -> Notes:
    """Tell what differs of the shapes of answers."""
    pairs = paired(pair.old.types, pair.new.types)
    for named in pairs.removed:
        other = pair.new_shape.get(named.name)
        words = f"shape {named.name} is gone{f'; {other} has the same keys' if other else ''}"
        hint = f"Scripts that import {named.name} have to import {other}." if other else ""
        at = f"types.{named.name}"
        yield Note("response-type-removed", words, named.name, other, at=at, hint=hint)
    for named in pairs.added:
        if named.name not in pair.new_shape.values():
            at = f"types.{named.name}"
            yield Note("response-type-added", f"shape {named.name}", None, named.name, at=at)
    for before, after in pairs.both:
        users = _users(pair.new, after.name)
        fields = (replace(each, type=pair.with_new_shapes(each.type)) for each in before.fields)
        for note in _shape(replace(before, fields=tuple(fields)), after):
            at = f"types.{after.name}{'.' if note.at else ''}{note.at}"
            yield replace(note, part=after.name, at=at, also=users)


def _shape(old: ir.NamedType, new: ir.NamedType) -> Notes:
    pairs = paired(old.fields, new.fields)
    for field in pairs.removed:
        yield Note("response-key-removed", f"key {field.name} is gone", field.name, at=f"fields.{field.name}")
    for field in pairs.added:
        words = f"key {field.name} ({field.type})"
        yield Note("response-key-added", words, None, field.name, at=f"fields.{field.name}")
    for before, after in pairs.both:
        at = f"fields.{after.name}"
        if before.type != after.type:
            label = f"key {after.name}"
            yield became("response-key-type-changed", label, before.type, after.type, at=f"{at}.type")
        if before.required != after.required:
            rule = "response-key-became-required" if after.required else "response-key-became-optional"
            words = "is always there now" if after.required else "may be missing now"
            yield Note(rule, f"key {after.name} {words}", at=f"{at}.required")
        yield from told_anew((f"{at}.doc", before.doc, after.doc))
    yield from told_anew(("doc", old.doc, new.doc))


def _users(service: ir.Service, name: str) -> tuple[str, ...]:
    """List the operations that answer with a shape, or with one that holds it."""
    holders, waiting = {name}, [name]
    while waiting:
        inner = waiting.pop()
        for other in service.types:
            if other.name not in holders and any(inner in _words(field.type) for field in other.fields):
                holders.add(other.name)
                waiting.append(other.name)
    return _operations(
        service, lambda operation: any(holders & _words(arm.returns or "") for arm in operation.response)
    )


def _words(expression: str) -> set[str]:
    return set("".join(letter if letter.isalnum() else " " for letter in expression).split())


def only(old: ir.Service | None, new: ir.Service | None) -> Note:
    """Tell of a service that only one side has."""
    if new is None and old is not None:
        return Note("service-removed", f"service {old.name} is gone", old.name)
    name = new.name if new else ""
    return Note("service-added", f"service {name}: {shown(new.summary if new else '')}", None, name)
