"""The templates of pages: Markdown, with filters of their own."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from codegen.pages.escape import FILTERS
from codegen.render import environment

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"


@cache
def templates() -> Environment:
    """Make the environment of the pages' templates, once."""
    return environment(TEMPLATES, FILTERS)


def rendered(template: str, page: object) -> str:
    """Write a page; where a part is left out, the blank lines around it become one."""
    text = templates().get_template(template).render(page=page)
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n") + "\n"
