"""Tags and filters of the portal's templates; each tag's arguments are told in `docs/ui.md`."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django import forms, template
from django.core.paginator import Page
from django.template.context import Context
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal.ui import dates, errors
from portal.ui.chips import CHIPS
from portal.ui.numbers import NONE, grouped, with_sign
from portal.ui.widgets import is_radio

register = template.Library()

BANNER_ICONS = {"success": "check-circle", "error": "error", "warning": "alert", "info": "info"}


# --- dates and numbers ------------------------------------------------------
@register.filter
def jdate(value: date | datetime | None, form: str = "") -> str:
    """2025年9月30日（火） in a `time` element; "short" drops the weekday (tables)."""
    if not value:
        return NONE
    day = dates.local_date(value)
    return _time(day, dates.jdate(day, weekday=form != "short"))


@register.filter
def jdate_text(value: date | datetime | None, form: str = "") -> str:
    """The same as plain text, for titles, attributes, mail."""
    return dates.jdate(value, weekday=form != "short") if value else NONE


@register.filter
def jdatetime(value: datetime | None) -> str:
    """2025年9月30日（火）17時00分 in a `time` element."""
    return _time(value, dates.jdatetime(value)) if value else NONE


@register.filter
def jdatetime_text(value: datetime | None) -> str:
    """The same as plain text."""
    return dates.jdatetime(value) if value else NONE


@register.filter
def jdate_range(start: date | datetime | None, end: date | datetime | None) -> str:
    """{{ start|jdate_range:end }}: 2025年7月1日（火）～9月30日（火）."""
    return dates.jdate_range(start or None, end or None) or NONE


@register.filter
def wareki(value: date | datetime | None) -> str:
    """令和7年9月30日, only for documents whose form demands it."""
    return dates.wareki_date(value) if value else NONE


@register.filter
def fiscal(value: int | date | None) -> str:
    """令和7年度 for 2025 or for any day of that year."""
    return dates.fiscal(value) if value else NONE


@register.filter
def number(value: Any, places: int | None = None) -> str:
    """12,345 with a real minus sign; with an argument that many decimal places; — for None."""
    return grouped(value, places)


@register.filter
def signed(value: Any, places: int = 1) -> str:
    """+0.2, −0.1, ±0.0; — for None."""
    return with_sign(value, places)


@register.filter
def na(value: Any) -> Any:
    """— for nothing (None or an empty text), else the value itself."""
    return NONE if value is None or value == "" else value


def _time(value: date | datetime, text: str) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), text)


# --- small parts --------------------------------------------------------------
@register.inclusion_tag("components/icon.html")
def icon(name: str, size: str = "") -> dict:
    """A drawing of icons.svg beside a word; size "s" for 16px, "l" for 32px."""
    return {"href": f"{static('img/icons.svg')}#{name}", "size": size}


@register.inclusion_tag("components/chip.html")
def chip(kind: str, word: str = "") -> dict:
    """A status as icon and word; without a word the usual one of that status."""
    style, icon_name, usual = CHIPS[str(kind)]
    return {"style": style, "icon": icon_name, "word": word or usual}


@register.inclusion_tag("components/banner.html")
def banner(kind: str, title: str, body: str = "", *action: str, role: str = "") -> dict:
    """A notification banner; action: url, label. Role "status" or "alert" after a redirect."""
    url, label = action or ("", "")
    given = {"kind": kind, "title": title, "body": body, "url": url, "label": label, "role": role}
    return given | {"icon": BANNER_ICONS[kind]}


@register.inclusion_tag("components/messages.html")
def message_banners(messages: Any) -> dict:
    """Flash messages as banners above the heading."""
    rows = []
    for message in messages or ():
        kind = message.level_tag if message.level_tag in BANNER_ICONS else "info"
        rows.append({"kind": kind, "text": message.message, "role": "alert" if kind == "error" else "status"})
    return {"rows": rows}


@register.inclusion_tag("components/figure_card.html")
def figure_card(label: str, value: Any, unit: str = "", **more: Any) -> dict:
    """A big number: icon, note, url, link (words), part and whole (draws a bar)."""
    part, whole = more.get("part"), more.get("whole")
    width = round(100 * min(max(part / whole, 0), 1)) if part is not None and whole else None
    return {"label": label, "value": value, "unit": unit, "width": width, **more}


@register.inclusion_tag("components/empty.html")
def empty(sentence: str, url: str = "", label: str = "") -> dict:
    """The empty state: one sentence and one way on."""
    return {"sentence": sentence, "url": url, "label": label}


@register.inclusion_tag("components/steps.html")
def steps(items: list[dict]) -> dict:
    """Steps of a form; each item: name, state (words), url (or ""), current, done."""
    return {"items": items}


@register.inclusion_tag("components/tabs.html")
def tabs(items: list, label: str = "表示の切替え") -> dict:
    """Links to sibling pages; each item: label, url, current, count (or None)."""
    return {"items": items, "label": label}


# --- ways about ---------------------------------------------------------------
@register.inclusion_tag("components/breadcrumb.html")
def breadcrumb(*parts: str) -> dict:
    """{% breadcrumb "label" url "label" url "this page" %}; ホーム stands first by itself.

    A url is an address (starts with /) or the name of a URL without arguments.
    """
    links = [{"label": "ホーム", "url": _address("home")}]
    labels, urls = parts[:-1:2], parts[1::2]
    links += [{"label": label, "url": _address(url)} for label, url in zip(labels, urls, strict=True)]
    return {"links": links, "here": parts[-1]}


def _address(url: str) -> str:
    if "/" in url:
        return url
    try:
        return reverse(url)
    except NoReverseMatch:
        return "/"


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """The present query string with these parameters changed (None removes one): ?q=…&page=2."""
    parameters = context["request"].GET.copy()
    for key, value in changes.items():
        parameters.pop(key, None)
        if value is not None:
            parameters[key] = value
    return f"?{parameters.urlencode()}"


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context: Context, page: Page, unit: str = "件") -> dict:
    """Page numbers and 「次の8団体」; keeps the query; nothing when there is one page."""
    paginator = page.paginator
    numbers = [
        {"number": n, "gap": n == paginator.ELLIPSIS, "url": query(context, page=n)}
        for n in paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    ]
    following = 0
    if page.has_next():
        following = min(paginator.per_page, paginator.count - page.end_index())
    return {
        "page": page,
        "numbers": numbers,
        "unit": unit,
        "following": following,
        "next_url": query(context, page=page.number + 1),
        "previous_url": query(context, page=page.number - 1),
    }


@register.inclusion_tag("components/count_line.html")
def count_line(page: Page, unit: str = "件", order: str = "") -> dict:
    """「20団体のうち1～12団体目を表示（総合評価の高い順）」."""
    return {"page": page, "unit": unit, "order": order}


@register.inclusion_tag("components/sort_th.html", takes_context=True)
def sort_th(context: Context, label: str, key: str, num: bool = False, default: str = "") -> dict:
    """A column head that sorts (?sort=key, ?sort=-key); `default` is the order without a parameter."""
    current = context["request"].GET.get("sort") or default
    state = {key: "ascending", f"-{key}": "descending"}.get(current, "")
    target = f"-{key}" if state == "ascending" else key
    icon_name = {"": "sort", "ascending": "arrow-up", "descending": "arrow-down"}[state]
    url = query(context, sort=target, page=None)
    return {"label": label, "state": state, "url": url, "num": num, "icon": icon_name}


# --- forms ------------------------------------------------------------------
@register.inclusion_tag("components/field.html")
def field(bound: forms.BoundField, **more: Any) -> dict:
    """One field with label, badge, help, control, counter and error.

    more: badge=False, previous="text" with previous_label, unit, width, columns=True (two columns).
    """
    inner = bound.field
    widget = inner.widget
    group = bool(getattr(bound, "use_fieldset", widget.use_fieldset))
    ticked = isinstance(widget, forms.CheckboxInput)
    return {
        "field": bound,
        "kind": "choices" if group else "check" if ticked else getattr(widget, "input_type", "area"),
        "radios": is_radio(widget),
        "badge": more.get("badge", getattr(bound.form, "show_badges", True)),
        "unit": more.get("unit", getattr(inner, "unit", "")),
        "width": more.get("width", getattr(inner, "width", "full")),
        "limit": getattr(inner, "limit", None),
        "choices": list(_choices(bound)) if group else [],
        "columns": more.get("columns", False),
        "previous": more.get("previous", ""),
        "previous_label": more.get("previous_label", "前回の記入内容を見る"),
    }


def _choices(bound: forms.BoundField) -> Iterator[dict]:
    """Each choice with its own help, from `choice_help` {value: sentence} of the form field."""
    helps = getattr(bound.field, "choice_help", {})
    for option in bound:
        yield {"option": option, "help": helps.get(str(option.data["value"]), "")}


@register.inclusion_tag("components/error_summary.html")
def error_summary(*checked: Any) -> dict:
    """The list of all errors of the given forms and formsets, in page order, linking to their controls."""
    rows = [row for item in checked if item for row in _errors_of(item)]
    return {"rows": rows, "title": errors.summary(len(rows))}


def _errors_of(item: Any) -> Iterator[dict]:
    if isinstance(item, forms.BaseFormSet):
        for sentence in item.non_form_errors():
            yield {"sentence": sentence, "target": ""}
        for form in item.forms:
            yield from _errors_of(form)
        return
    if not item.is_bound:
        return
    visible = item.visible_fields()
    first = _target(visible[0]) if visible else ""
    for sentence in item.non_field_errors():
        yield {"sentence": sentence, "target": first}
    for bound in item:
        for sentence in bound.errors:
            yield {"sentence": sentence, "target": "" if bound.is_hidden else _target(bound)}


def _target(bound: forms.BoundField) -> str:
    return getattr(bound, "first_control_id", bound.auto_id)
