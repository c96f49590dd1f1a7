"""`junit`: test reports, for the dashboards of continuous integration.

Each finding is a test case. What may not pass is a failure; what may is a passed case that prints what it
found; what has been accepted is skipped.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from codegen.report.advice import advice
from codegen.report.gate import fails
from codegen.report.printable import lines, one_line
from codegen.report.tally import remarks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codegen.report.finding import Comparison, Finding
    from codegen.report.manner import Manner
    from codegen.report.rule import Rule


def junit(comparison: Comparison, manner: Manner) -> str:
    """Write a suite of test cases per service, as XML in ASCII."""
    findings = sorted((*comparison.findings, *comparison.accepted), key=lambda finding: finding.service)
    accepted = set(comparison.accepted)
    title = f"codegen {comparison.kind}: {comparison.old} -> {comparison.new}"
    root = ET.Element("testsuites", name=one_line(title))
    for service, held in groupby(findings, key=lambda finding: finding.service):
        suite = ET.SubElement(root, "testsuite", name=one_line(service))
        for finding in held:
            case = _case(suite, finding)
            if finding in accepted:
                ET.SubElement(case, "skipped", message=f"accepted in {comparison.accepted_in}")
            else:
                _outcome(case, finding, comparison.rules[finding.id], manner)
        _count(suite, [suite])
    _count(root, list(root))
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="us-ascii", xml_declaration=True)
    return written.decode("ascii") + "\n"


def _case(suite: ET.Element, finding: Finding) -> ET.Element:
    owner = ".".join(part for part in (finding.service, finding.operation) if part)
    name = " ".join(part for part in (finding.id, finding.param, finding.fingerprint) if part)
    return ET.SubElement(suite, "testcase", classname=one_line(owner), name=one_line(name))


def _outcome(case: ET.Element, finding: Finding, rule: Rule, manner: Manner) -> None:
    told = "\n".join(_told(finding, rule))
    if fails(finding, manner.fail_on):
        message = one_line(finding.text)
        ET.SubElement(case, "failure", type=finding.id, message=message).text = told
    else:
        ET.SubElement(case, "system-out").text = told


def _told(finding: Finding, rule: Rule) -> list[str]:
    silent = ", silent" if finding.silent else ""
    places = (("old", finding.old_place), ("new", finding.new_place))
    return [
        f"{finding.level}{silent}: {one_line(finding.text)}",
        *(f"{side}: {one_line(str(place))}" for side, place in places if place),
        *remarks(finding),
        *lines(advice(finding, rule)),
    ]


def _count(element: ET.Element, suites: Sequence[ET.Element]) -> None:
    """Write the numbers that dashboards show, and no time: nothing was run."""
    for attribute, name in (("tests", "testcase"), ("failures", "failure"), ("skipped", "skipped")):
        element.set(attribute, str(sum(len(list(suite.iter(name))) for suite in suites)))
    element.set("errors", "0")
