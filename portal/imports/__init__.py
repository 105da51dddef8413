"""The one way tables come in: upload, preview, then all rows or none (docs/imports.md)."""

from portal.imports.kinds import ImportKind, Wording, imports
from portal.imports.plan import Change, Plan
from portal.imports.references import Lookup
from portal.imports.resources import TableResource

__all__ = ["Change", "ImportKind", "Lookup", "Plan", "TableResource", "Wording", "imports"]
