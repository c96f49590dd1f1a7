"""The page of the diff's rules: what each looks for, whom it hurts, and how to change things safely."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codegen.pages.rendering import rendered
from codegen.prose import sentence
from codegen.report.rule import RANKS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codegen.report.rule import Rule

_LEVELS = {
    "breaking": "Somebody's work stops, or gives other results.",
    "warning": "A person has to look: the descriptors alone do not decide it.",
    "info": "Nobody has to do anything.",
}
"""The levels, the worst first, and what each means."""

_VERDICTS = {"none": "not affected"}


@dataclass(frozen=True, slots=True)
class RuleView:
    """One rule."""

    id: str
    what: str
    why: str
    safely: str
    wire: str
    source: str
    silent: bool
    docs: bool
    before: str
    after: str
    is_symmetric: bool
    """The rule finds the same difference the other way round, too."""
    mirror: tuple[str, ...]
    """Other rules that do."""
    waiver: str


@dataclass(frozen=True, slots=True)
class LevelView:
    """The rules of one level."""

    name: str
    words: str
    rules: tuple[RuleView, ...]


@dataclass(frozen=True, slots=True)
class RulesPage:
    """All rules."""

    count: str
    levels: tuple[LevelView, ...]


def rules_page(rules: Mapping[str, Rule]) -> str:
    """Write the page; the worst rules first, each level by id."""
    ordered = sorted(rules.values(), key=lambda rule: (-RANKS[rule.level], rule.id))
    levels = tuple(
        LevelView(name, words, tuple(_view(rule, rules) for rule in ordered if rule.level == name))
        for name, words in _LEVELS.items()
    )
    return rendered("diff_rules.md.j2", RulesPage(str(len(ordered)), levels))


def _view(rule: Rule, rules: Mapping[str, Rule]) -> RuleView:
    unknown = [other for other in rule.mirror if other not in rules]
    if unknown:
        raise ValueError(f"rule {rule.id} names {unknown[0]} as its mirror, and there is no such rule")
    return RuleView(
        id=rule.id,
        what=sentence(rule.what),
        why=sentence(rule.why),
        safely=sentence(rule.safely),
        wire=_VERDICTS.get(rule.wire, rule.wire),
        source=_VERDICTS.get(rule.source, rule.source),
        silent=rule.silent,
        docs=rule.docs,
        before=rule.before,
        after=rule.after,
        is_symmetric=rule.id in rule.mirror,
        mirror=tuple(other for other in rule.mirror if other != rule.id),
        waiver=sentence(rule.waiver),
    )
