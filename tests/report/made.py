"""Comparisons made by hand: what an engine would have found."""

from codegen.report.finding import Comparison, Finding, Place, in_order
from codegen.report.formats import FORMATS
from codegen.report.gate import visible
from codegen.report.manner import Manner
from codegen.report.rule import Rule

RULES = {
    rule.id: rule
    for rule in (
        Rule(
            id="param-removed",
            wire="warning",
            source="breaking",
            what="A parameter is gone.",
            why="Scripts that pass it fail with a TypeError.",
            safely="Deprecate it first, and remove it after its sunset.",
            before="params:\n  limit: {type: int}",
            after="params: {}",
        ),
        Rule(
            id="param-default-changed",
            wire="warning",
            source="breaking",
            what="A default that is sent has changed.",
            why="Calls that leave it out get another answer.",
            safely="Add a parameter instead.",
            before="default: 10",
            after="default: 500",
            silent=True,
        ),
        Rule(
            id="op-added",
            wire="info",
            source="info",
            what="An operation is new.",
            why="Nobody calls it yet.",
            safely="Nothing to do.",
        ),
        Rule(
            id="cache-ttl-changed",
            wire="none",
            source="warning",
            what="Answers are kept for another time.",
            why="Answers can be older than before.",
            safely="Say it in the notes.",
        ),
        Rule(
            id="base-url-changed",
            wire="breaking",
            source="none",
            what="The address has changed.",
            why="Installed clients ask the old address.",
            safely="Serve both.",
        ),
        Rule(
            id="doc-changed",
            wire="none",
            source="info",
            what="Words have changed.",
            why="Nothing else has.",
            safely="Nothing to do.",
            docs=True,
        ),
    )
}


def finding(rule_id, **changes):
    """Make a finding of a rule, on materialize.query_table."""
    rule = RULES[rule_id]
    values = {
        "id": rule_id,
        "wire": rule.wire,
        "source": rule.source,
        "silent": rule.silent,
        "service": "materialize",
        "operation": "query_table",
        "text": rule.what.lower().rstrip("."),
        "docs": rule.docs,
    }
    return Finding(**(values | changes))


REMOVED = finding(
    "param-removed",
    param="limit",
    api="2 -> 3",
    old="{type: int}",
    hint="Keep `limit` as an alias of `max_rows`.",
    old_place=Place("spec/materialize/v2.yaml", 41),
    new_place=Place("spec/materialize/v3.yaml", 12),
    affects=("minniev1 (5.13.2)", "wclee (4.0.0)"),
    also=("materialize.query_view", "materialize.live_live_query", "materialize.join_query"),
)
DEFAULT = finding(
    "param-default-changed",
    param="limit",
    old="10",
    new="500",
    new_place=Place("spec/materialize/v3.yaml", 13),
)
ADDED = finding(
    "op-added",
    service="chunkedgraph",
    operation="get_past_ids",
    new_place=Place("spec/chunkedgraph/v1.yaml", 90),
)
CACHE = finding("cache-ttl-changed", param="cache", old="60", new="600")
ADDRESS = finding(
    "base-url-changed", service="chunkedgraph", operation=None, new_place=Place("spec/x.yaml", 0)
)
WORDS = finding("doc-changed", operation="get_tables")

ALL = (REMOVED, DEFAULT, ADDED, CACHE, ADDRESS, WORDS)


def comparison(*findings, **changes):
    """Make a comparison of findings, in order."""
    values = {"old": "materialize@2", "new": "materialize@3", "findings": in_order(findings), "rules": RULES}
    return Comparison(**(values | changes))


HOSTILE = {
    "newlines": "one\ntwo\r\nthree\rfour",
    "workflow command": "x\n::error file=y,line=1::owned%0A::set-output",
    "colons": "::warning::hi, there: 50%",
    "end of a comment": "--> <!-- x --!> -->",
    "start of a comment": "<!-- x",
    "start of elements": "<script <style <pre><?php <![CDATA[ <!DOCTYPE",
    "links": "http://example.org www.example.org <http://example.org> a@example.org",
    "pipes": "| a | b |\n|---|---|",
    "backticks": "``` `x` ``",
    "ansi": "\x1b[31mred\x1b[0m \x1b]0;title\x07 \x9b2J",
    "null": "a\x00b",
    "surrogate": "a\ud800b\udfff",
    "script": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "markdown": "*a* _b_ **c** [d](javascript:x()) ![e](f) #12 @user ~~g~~ $h$ ==i== ++j++ :smile: k_l_m",
    "attributes": "{: #id onclick=x } {{ 7*7 }} {% x %}",
    "block": "# title\n- item\n> quote\n===\n---",
    "entities": "&lt;b&gt; &amp; &#64; &nbsp;",
    "cdata": "]]> <![CDATA[ x ]]>",
    "bidi": "a\u202eb\u2066c\u2069\ufeff",
    "not characters": "\ufffe\uffff\U0001ffff",
    "line separators": "a\u2028b\u2029c\x85d\x0be\x0cf\x1cg",
    "sarif": "{0} \\[x](1) {{1}} [link](http://example.org)",
    "quotes": "\"a\" 'b' \\ \\\\",
    "html comment": "<!-- fingerprint: 000000000000 -->",
}
"""Texts that would break out of a report if they were not written with care."""


def hostile(text):
    """Make a comparison in which every text from outside is hostile."""
    return comparison(
        finding(
            "param-removed",
            service=f"s{text}",
            operation=f"o{text}",
            param=f"p{text}",
            api=f"2{text}",
            text=f"t{text}",
            old=f"a{text}",
            new=f"b{text}",
            hint=f"h{text}",
            affects=(f"d{text}",),
            also=(f"e{text}",),
            new_place=Place(f"f{text}", 3),
        ),
        old=f"x{text}",
        new=f"y{text}",
    )


def written(made, form, *, docs=False, **manner):
    """Write a report as the commands do: plain and short unless asked otherwise; empty if nothing is told."""
    told = visible(made, "source", docs)
    return FORMATS[form](told, Manner(**manner)) if told.findings else ""
