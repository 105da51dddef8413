"""Tokens have the contrast they promise, templates and scripts keep the house rules."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import get_template

from portal.ui.chips import CHIPS

ROOT = Path(__file__).resolve().parents[2]
STYLES = [ROOT / "static/css" / f"{name}.css" for name in ("tokens", "base", "components", "print")]
TEMPLATES = sorted(p for p in (ROOT / "templates").rglob("*.*") if p.suffix in (".html", ".txt", ".svg"))
SCRIPTS = sorted((ROOT / "static/js").glob("*.js"))


def tokens() -> dict[str, str]:
    """Every custom property of tokens.css with its references followed."""
    declared = dict(re.findall(r"(--[\w-]+):\s*([^;]+);", STYLES[0].read_text()))

    def follow(value: str) -> str:
        found = re.fullmatch(r"var\((--[\w-]+)\)", value)
        return follow(declared[found.group(1)]) if found else value

    return {name: follow(value) for name, value in declared.items()}


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


#: foreground, ground, least ratio: 4.5 for text, 3 for borders, icons and marks.
TEXT = [
    ("--c-heading", "--c-ground", 17.4),
    ("--c-text", "--c-ground", 12.6),
    ("--c-text-sub", "--c-ground", 8.5),
    ("--c-text-sub", "--c-surface-sub", 7.6),
    ("--c-text-sub", "--c-surface-head", 6.8),
    ("--c-control", "--c-ground", 5.7),
    ("--c-on-key", "--c-key", 11.1),
    ("--c-on-key", "--c-key-hover", 11.1),
    ("--c-on-key", "--c-key-active", 11.1),
    ("--c-link", "--c-ground", 14.2),
    ("--c-link", "--c-key-100", 11.3),
    ("--c-link", "--c-surface-sub", 4.5),
    ("--c-key", "--c-ground", 4.5),
    ("--c-heading", "--c-focus-gap", 4.5),
    ("--c-heading", "--c-warn-bg", 4.5),
    ("--c-error", "--c-ground", 5.8),
    ("--c-error", "--c-error-bg", 5.1),
    ("--c-on-error", "--c-error", 5.8),
    ("--c-on-error", "--c-error-hover", 5.8),
    ("--c-success", "--c-ground", 5.3),
    ("--c-success-text", "--c-success-bg", 4.5),
    ("--c-warn", "--c-ground", 5.7),
    *[
        (f"--c-chip-{look}", f"--c-chip-{look}-bg", 4.5)
        for look in ("gray", "blue", "yellow", "orange", "green")
    ],
]
MARKS = [
    ("--c-border", "--c-ground", 3.0),
    ("--c-warn-border", "--c-ground", 3.0),
    ("--c-focus", "--c-focus-gap", 3.0),
    ("--c-key", "--c-key-100", 3.0),
    *[
        (f"--c-chip-{look}-border", "--c-ground", 3.0)
        for look in ("gray", "blue", "yellow", "orange", "green")
    ],
]


@pytest.mark.parametrize(("front", "ground", "least"), TEXT + MARKS)
def test_contrast_on_the_ground_it_stands_on(front: str, ground: str, least: float) -> None:
    known = tokens()
    # Rounded as the table is written: 11.1 there is 11.096.
    assert round(contrast(known[front], known[ground]), 1) >= least


def test_contrast_is_computed_as_the_standard_says() -> None:
    assert round(contrast("#000000", "#ffffff"), 1) == 21.0
    assert round(contrast("#ec0000", "#fdeeee"), 2) == 4.08


@pytest.mark.parametrize("sheet", STYLES[1:], ids=lambda path: path.name)
def test_colours_are_named_in_tokens_alone(sheet: Path) -> None:
    css = sheet.read_text()
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b", css)
    assert set(re.findall(r"var\((--[\w-]+)", css)) - set(re.findall(r"(--[\w-]+):", css)) <= set(tokens())


def test_every_chip_has_its_look_and_drawing() -> None:
    looks = set(re.findall(r'\.chip\[data-look="(\w+)"\]', STYLES[2].read_text()))
    drawings = set(re.findall(r'<symbol id="([\w-]+)"', (ROOT / "static/img/icons.svg").read_text()))
    assert {look for look, _, _ in CHIPS.values()} <= looks
    assert {icon for _, icon, _ in CHIPS.values()} <= drawings


FORBIDDEN = {
    "inline style": r"\sstyle=",
    "style element": r"<style",
    "inline script": r"<script(?![^>]*\ssrc=)",
    "event attribute": r"\son[a-z]+=[\"']",
    "safe filter": r"\|\s*safe\b",
    "placeholder": r"placeholder=",
    "disabled": r"<(?:button|input|select|textarea)[^>]*\s(?:disabled|readonly)\b",
    "foreign address": r"(?:src|href)=\"https?:",
}
#: A page escapes what people write; a plain-text mail shows it as written.
OF_PAGES = {"autoescape": r"autoescape off"}


def broken_rules(text: str, *, plain: bool = False) -> list[str]:
    rules = FORBIDDEN if plain else FORBIDDEN | OF_PAGES
    return [name for name, pattern in rules.items() if re.search(pattern, text)]


def test_the_rules_can_be_broken() -> None:
    bad = '<style></style><p style="x" onclick="y">{{ a|safe }}</p><script>1</script><input placeholder="z">'
    assert len(broken_rules(bad)) == 6
    assert broken_rules("{% autoescape off %}") == ["autoescape"]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_templates_keep_the_house_rules(path: Path) -> None:
    text = path.read_text()
    # The PDF's own sheets are inlined by its renderer, never sent to a browser.
    if "pdf" not in path.relative_to(ROOT / "templates").parts:
        assert broken_rules(text, plain=path.suffix == ".txt") == []
    assert len(text.splitlines()) <= 120
    get_template(str(path.relative_to(ROOT / "templates")))


def test_every_class_in_a_template_has_its_rule() -> None:
    css = "".join(sheet.read_text() for sheet in STYLES)
    ruled = set(re.findall(r"\.([a-zA-Z_][\w-]*)", css))
    used = {
        (path.relative_to(ROOT).as_posix(), name)
        for path in TEMPLATES
        if "pdf" not in path.parts and path.suffix == ".html"
        for group in re.findall(r'class="([^"]*)"', path.read_text())
        for name in re.sub(r"{[%{].*?[%}]}", " ", group).split()
    }
    assert sorted(place for place in used if place[1] not in ruled) == []


def test_icons_used_in_templates_exist() -> None:
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (ROOT / "static/img/icons.svg").read_text()))
    used = {name for path in TEMPLATES for name in re.findall(r'{% icon "([\w-]+)"', path.read_text())}
    assert used <= drawn


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_are_small_and_hold_no_words_for_people(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= 150
    code = re.sub(r"//.*", "", text)
    assert not re.findall(r"[ぁ-んァ-ヶ一-龠]", code)
    assert "innerHTML" not in code


def test_style_sheets_stay_small() -> None:
    assert sum(len(sheet.read_text().splitlines()) for sheet in STYLES) <= 1500


def test_layout_assets_are_found() -> None:
    text = (ROOT / "templates/layouts/skeleton.html").read_text()
    names = re.findall(r"static '([^']+)'", text)
    assert len(names) == 6
    assert all(finders.find(name) for name in names)


def test_what_unfolds_looks_like_it():
    """An arrow that turns, and an underlined label: the browser's own marker is switched off."""
    plain = [
        f"{path.relative_to(ROOT)}: {found}"
        for path in TEMPLATES
        for found in re.findall(
            r"<summary\b[^>]*>(?!\{% icon \"chevron-down\" %\}<span>).{0,40}", path.read_text()
        )
    ]
    assert plain == []
