"""The page of the diff's rules: what each looks for, whom it hurts, and how to change things safely."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codegen.pages.rendering import rendered
from codegen.prose import sentence
from codegen.report.rule import RANKS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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
class PartView:
    """The rules of one level, or of something else that reports like the diff."""

    name: str
    words: str
    rules: tuple[RuleView, ...]
    language: str
    """What the lines before and after are written in."""

    @property
    def place(self) -> str:
        """Name of its place on the page."""
        return self.name.lower().replace(" ", "-")


@dataclass(frozen=True, slots=True)
class RulesPage:
    """All rules."""

    count: str
    levels: tuple[PartView, ...]
    others: tuple[PartView, ...]

    @property
    def parts(self) -> tuple[PartView, ...]:
        """Everything, in the order of the page."""
        return (*self.levels, *self.others)


@dataclass(frozen=True, slots=True)
class MoreRules:
    """Rules of something else that reports like the diff."""

    name: str
    words: str
    rules: Mapping[str, Rule]
    language: str = "yaml"


def rules_page(rules: Mapping[str, Rule], more: Iterable[MoreRules] = ()) -> str:
    """Write the page; the worst rules of the diff first, each level by id, then what else reports so."""
    ordered = _ordered(rules)
    levels = tuple(
        PartView(name, words, tuple(_view(rule, rules) for rule in ordered if rule.level == name), "yaml")
        for name, words in _LEVELS.items()
    )
    others = tuple(
        PartView(
            each.name,
            each.words,
            tuple(_view(rule, each.rules) for rule in _ordered(each.rules)),
            each.language,
        )
        for each in more
    )
    return rendered("diff_rules.md.j2", RulesPage(str(len(ordered)), levels, others))


def _ordered(rules: Mapping[str, Rule]) -> list[Rule]:
    return sorted(rules.values(), key=lambda rule: (-RANKS[rule.level], rule.id))


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
