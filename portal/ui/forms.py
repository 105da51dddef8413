"""Base classes of every form: the portal's look, its wording and its forgiving fields.

Forms clean input and carry wording; they do not save or change state. Give
choices in `__init__` from `for_user`.
"""

from typing import TYPE_CHECKING, Any

from django import forms
from django.db import models
from django.forms.models import ModelFormMetaclass
from django.forms.renderers import TemplatesSetting
from django.forms.utils import pretty_name

from portal.ui import errors
from portal.ui.fields import (
    CharField,
    CodeField,
    DateField,
    DecimalField,
    EmailField,
    FileField,
    IntegerField,
    PhoneField,
    TextField,
    YesNoField,
)
from portal.ui.widgets import is_radio

__all__ = [
    "CharField",
    "CodeField",
    "DateField",
    "DecimalField",
    "EmailField",
    "FileField",
    "IntegerField",
    "PhoneField",
    "PortalFilterForm",
    "PortalForm",
    "PortalFormMixin",
    "PortalModelForm",
    "PortalRenderer",
    "TextField",
    "YesNoField",
]

if TYPE_CHECKING:
    # The mixin stands before a Django form; the type checker is told so.
    _Form = forms.BaseForm
else:
    _Form = object

#: More choices than this become a select.
RADIO_LIMIT = 7
EMPTY_CHOICE = "選んでください"


class PortalBoundField(forms.BoundField):
    """A bound field that names its error before its help, as screen readers should read them."""

    @property
    def error_id(self) -> str:
        return f"{self.auto_id}_error"

    @property
    def help_id(self) -> str:
        return f"{self.auto_id}_helptext"

    @property
    def aria_describedby(self) -> str | None:
        if self.field.widget.attrs.get("aria-describedby"):
            return None
        ids = [self.error_id] * bool(self.errors) + [self.help_id] * bool(self.help_text)
        return " ".join(ids)

    @property
    def first_control_id(self) -> str:
        """The id an error summary link goes to."""
        return f"{self.auto_id}_0" if self.use_fieldset else (self.id_for_label or self.auto_id)

    def build_widget_attrs(self, attrs: dict, widget: forms.Widget | None = None) -> dict:
        built = super().build_widget_attrs(attrs, widget)
        if is_radio(widget or self.field.widget):
            # A single radio cannot be invalid; its radiogroup (the fieldset) says so.
            built.pop("aria-invalid", None)
        return built


class PortalRenderer(TemplatesSetting):
    """Renders forms with the portal's components."""

    form_template_name = "components/form.html"
    field_template_name = "components/field_default.html"
    bound_field_class = PortalBoundField


class PortalFormMixin(_Form):
    """Wording and widgets of the portal for any Django form."""

    #: 必須 and 任意 stand beside every label; filter forms show neither.
    show_badges = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            dress(field, self.label_of(name, field))

    def label_of(self, name: str, field: forms.Field) -> str:
        """The label a field's sentences name it by."""
        return str(field.label) if field.label else pretty_name(name)

    def add_error_if(self, wrong: bool, field: str | None, sentence: str) -> None:
        """Add the sentence to the field when the condition holds; reads well in `clean`."""
        if wrong:
            self.add_error(field, sentence)


def dress(field: forms.Field, label: str) -> None:
    """Give a field the portal's wording, drop attributes that cut or hint, tidy its empty choice.

    Call it for fields a form adds after its own `super().__init__`.
    """
    field.label = label
    ours = errors.messages_for(field, label)
    stock: dict[str, Any] = {}
    for kind in reversed(type(field).__mro__):
        stock.update(getattr(kind, "default_error_messages", {}))
    for code, sentence in ours.items():
        if code not in field.error_messages or field.error_messages[code] == stock.get(code):
            field.error_messages[code] = sentence
    for attribute in ("maxlength", "minlength", "placeholder"):
        field.widget.attrs.pop(attribute, None)
    if isinstance(field, forms.ChoiceField):
        _tidy_empty_choice(field)


def _tidy_empty_choice(field: forms.ChoiceField) -> None:
    radios = is_radio(field.widget)
    if isinstance(field, forms.ModelChoiceField):
        if field.empty_label == "---------":
            field.empty_label = None if radios and field.required else EMPTY_CHOICE
        return
    offered: list[tuple[Any, Any]] = [*field.widget.choices]
    choices = [(value, label) for value, label in offered if value not in ("", None)]
    if len(choices) == len(offered):
        return
    if radios:
        field.choices = choices if field.required else [("", "選ばない"), *choices]
        return
    first = next(label for value, label in offered if value in ("", None))
    field.choices = [("", EMPTY_CHOICE if first == "---------" else first), *choices]


class PortalForm(PortalFormMixin, forms.Form):
    """A form that is not about one row."""


class PortalFilterForm(PortalForm):
    """A filter box (GET): nothing is required, nothing carries a badge."""

    show_badges = False
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "filter_%s")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = False

    def value(self, name: str) -> Any:
        """The cleaned value, or None when it is empty or not valid: a filter never refuses a page."""
        if not self.is_bound:
            return None
        self.full_clean()
        return self.cleaned_data.get(name) or None


_FORM_FIELDS: dict[type[models.Field], type[forms.Field]] = {
    models.CharField: CharField,
    models.TextField: TextField,
    models.EmailField: EmailField,
    models.DateField: DateField,
    models.DecimalField: DecimalField,
    models.IntegerField: IntegerField,
    models.SmallIntegerField: IntegerField,
    models.BigIntegerField: IntegerField,
    models.PositiveIntegerField: IntegerField,
    models.PositiveSmallIntegerField: IntegerField,
    models.PositiveBigIntegerField: IntegerField,
}


def portal_formfield(db_field: models.Field, **kwargs: Any) -> forms.Field | None:
    """The portal's form field for a model field: radios up to seven choices, loose numbers and dates."""
    if db_field.choices:
        few = len(db_field.flatchoices) <= RADIO_LIMIT
        kwargs.setdefault("widget", forms.RadioSelect if few else forms.Select)
    elif type(db_field) in _FORM_FIELDS:
        kwargs.setdefault("form_class", _FORM_FIELDS[type(db_field)])
    return db_field.formfield(**kwargs)


class PortalModelFormMetaclass(ModelFormMetaclass):
    """Lets every model form build its fields with `portal_formfield`."""

    def __new__(mcs, name: str, bases: tuple, attrs: dict) -> type:
        meta = attrs.get("Meta")
        if meta is not None and getattr(meta, "formfield_callback", None) is None:
            meta.formfield_callback = staticmethod(portal_formfield)
        return super().__new__(mcs, name, bases, attrs)


class PortalModelForm(PortalFormMixin, forms.ModelForm, metaclass=PortalModelFormMetaclass):
    """A form of one row."""
