"""From the resolved spec to the text of every generated page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.pages.diff_rules import rules_page
from codegen.pages.rendering import rendered
from codegen.pages.service_view import service_page
from codegen.pages.support import support_page
from codegen.render import Output, descriptors_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from codegen import ir
    from codegen.pages.diff_rules import MoreRules
    from codegen.report.rule import Rule


def outputs_of(
    spec: ir.Spec, rules: Mapping[str, Rule] | None = None, more: Iterable[MoreRules] = ()
) -> tuple[Output, ...]:
    """Write every page, in the order of their paths.

    Parameters
    ----------
    spec : Spec
        The services.
    rules : mapping of str to Rule, optional
        What the diff looks for, by id. Left out: the page of the rules has none.
    more : iterable of MoreRules
        Rules of what else reports like the diff.
    """
    everything = {path for service in spec.services for path in descriptors_of(service, *service.apis)}
    pages = [
        Output(
            f"docs/api/{service.name}.md",
            rendered("service.md.j2", service_page(service)),
            descriptors_of(service, *service.apis),
            service.name,
        )
        for service in spec.services
    ]
    pages.append(
        Output("docs/support.md", rendered("support.md.j2", support_page(spec)), tuple(sorted(everything)))
    )
    pages.append(Output("docs/diff-rules.md", rules_page(rules or {}, more), ()))
    return tuple(sorted(pages, key=lambda page: page.path))
