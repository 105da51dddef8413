"""Form fields that take loose input and carry what `components/field.html` shows (unit, width, limit).

Import them from `portal.ui.forms`.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import PurePath
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from portal.ui.dates import parse_date
from portal.ui.loose import plain_code, plain_number, plain_text
from portal.ui.widgets import DateInput, FileInput, NumberText

MEGABYTE = 1024 * 1024


class CharField(forms.CharField):
    """One line of text, kept as typed; `width` is s, m, l or full."""

    def __init__(self, *, width: str = "full", unit: str = "", **kwargs: Any) -> None:
        self.width, self.unit = width, unit
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        return super().to_python(plain_text(value) if isinstance(value, str) else value)


class TextField(CharField):
    """Several lines of text; with `limit` a counter below, and going over is an error, not a cut."""

    def __init__(self, *, rows: int = 6, limit: int | None = None, **kwargs: Any) -> None:
        self.rows = rows
        if limit is not None:
            kwargs["max_length"] = limit
        kwargs["widget"] = forms.Textarea(attrs={"rows": max(rows, 3)})
        super().__init__(**kwargs)
        self.limit = self.max_length


class CodeField(CharField):
    """A code or reference: full width, odd hyphens and spaces are put right."""

    def __init__(self, *, width: str = "m", **kwargs: Any) -> None:
        super().__init__(width=width, **kwargs)
        self.widget.attrs.setdefault("autocomplete", "off")

    def to_python(self, value: Any) -> Any:
        return super().to_python(plain_code(value) if isinstance(value, str) else value)


class PhoneField(CodeField):
    """A telephone number in half width."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.input_type = "tel"
        self.widget.attrs["autocomplete"] = "tel"


class EmailField(forms.EmailField):
    """An e-mail address; full-width letters and spaces are put right."""

    width, unit = "l", ""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("autocomplete", "email")

    def to_python(self, value: Any) -> Any:
        return super().to_python(plain_code(value) if isinstance(value, str) else value)


class IntegerField(forms.IntegerField):
    """A whole number; 「１，２５０」 and 「1,250人」 (with unit 人) are read as 1250."""

    widget = NumberText

    def __init__(self, *, unit: str = "", width: str = "s", **kwargs: Any) -> None:
        self.unit, self.width = unit, width
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        return super().to_python(plain_number(value, self.unit) if isinstance(value, str) else value)


class DecimalField(forms.DecimalField):
    """A number with decimal places, as loose as `IntegerField`."""

    def __init__(self, *, unit: str = "", width: str = "s", **kwargs: Any) -> None:
        self.unit, self.width = unit, width
        kwargs.setdefault("widget", NumberText(decimal=True))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        return super().to_python(plain_number(value, self.unit) if isinstance(value, str) else value)


class DateField(forms.DateField):
    """A day; takes every way of writing that `parse_date` knows."""

    widget = DateInput
    width, unit = "date", ""

    def to_python(self, value: Any) -> date | None:
        if isinstance(value, str):
            if not value.strip():
                return None
            meant = parse_date(value)
            if meant is None:
                raise ValidationError(self.error_messages["invalid"], code="invalid")
            return meant
        return super().to_python(value)


class YesNoField(forms.TypedChoiceField):
    """A question answered by two radio buttons; the value is True, False or None."""

    def __init__(self, *, yes: str = "はい", no: str = "いいえ", **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.RadioSelect)
        choices = [("yes", yes), ("no", no)]
        super().__init__(choices=choices, coerce=lambda value: value == "yes", empty_value=None, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value


class FileField(forms.FileField):
    """A file of stated kinds (suffixes) up to a stated size; the help text names both.

    Content is checked by whoever stores or reads the file: a suffix proves nothing.
    """

    widget = FileInput

    def __init__(self, *, suffixes: Sequence[str], kinds: str, megabytes: int = 10, **kwargs: Any) -> None:
        self.suffixes = tuple(suffix.lower() for suffix in suffixes)
        self.megabytes = megabytes
        self.wanted = f"{megabytes}MB以下の{kinds}"
        kwargs.setdefault("help_text", f"{self.wanted}を選んでください。")
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("accept", ",".join(self.suffixes))

    def clean(self, data: Any, initial: Any = None) -> Any:
        cleaned = super().clean(data, initial)
        if cleaned and cleaned is not initial:
            suffix = PurePath(cleaned.name).suffix.lower()
            if suffix not in self.suffixes or cleaned.size > self.megabytes * MEGABYTE:
                raise ValidationError(self.error_messages["invalid"], code="invalid")
        return cleaned
