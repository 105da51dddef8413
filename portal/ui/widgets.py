"""Widgets: plain HTML controls; the frame around them is `components/field.html`."""

from datetime import date
from typing import Any

from django import forms

from portal.ui.dates import parse_date


class DateInput(forms.DateInput):
    """A date control; what it cannot show (half a date, a typing error) stays as text, so nothing is lost."""

    input_type = "date"

    def format_value(self, value: Any) -> str | None:
        if isinstance(value, date):
            return value.isoformat()[:10]
        meant = parse_date(str(value)) if value else None
        return meant.isoformat() if meant else (str(value) if value else None)

    def get_context(self, name: str, value: Any, attrs: dict | None) -> dict:
        context = super().get_context(name, value, attrs)
        shown = context["widget"]["value"]
        if shown and parse_date(shown) is None:
            context["widget"]["type"] = "text"
        return context


class NumberText(forms.TextInput):
    """A text control with the number keyboard: `type=number` would drop what it cannot read."""

    def __init__(self, attrs: dict | None = None, *, decimal: bool = False) -> None:
        super().__init__(
            {"inputmode": "decimal" if decimal else "numeric", "autocomplete": "off", **(attrs or {})}
        )


def is_radio(widget: forms.Widget) -> bool:
    """Whether one of several is chosen; Django derives check boxes from radios."""
    return isinstance(widget, forms.RadioSelect) and not isinstance(widget, forms.CheckboxSelectMultiple)


class FileInput(forms.FileInput):
    """A plain file control."""
