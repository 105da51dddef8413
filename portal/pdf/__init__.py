"""PDF: `render_pdf` is the only way to make one; it runs WeasyPrint in a child process with limits.

The names are looked up on first use, because `portal.pdf.server` runs without Django and
must be able to import its own package.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from portal.pdf.client import RenderedPdf, render_pdf
    from portal.pdf.environment import check_environment
    from portal.pdf.errors import RenderFailed

__all__ = ["RenderFailed", "RenderedPdf", "check_environment", "render_pdf"]

HOMES = {
    "RenderFailed": "portal.pdf.errors",
    "RenderedPdf": "portal.pdf.client",
    "check_environment": "portal.pdf.environment",
    "render_pdf": "portal.pdf.client",
}


def __getattr__(name: str) -> Any:
    if name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(HOMES[name]), name)
