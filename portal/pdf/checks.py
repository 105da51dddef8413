"""Django's own start-up check says when this machine lacks what PDF needs."""

from typing import Any

from django.core.checks import CheckMessage, Warning, register  # noqa: A004  Django's name for it

from portal.pdf.environment import check_environment


@register("pdf")
def pdf_environment(**_: Any) -> list[CheckMessage]:
    """A warning, not an error: everything but PDF works without."""
    return [Warning(problem, id=f"portal.W{n:03}") for n, problem in enumerate(check_environment(), 101)]
