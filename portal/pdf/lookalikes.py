"""Keep characters apart that the font draws with one glyph.

Noto Sans CJK JP draws 〜 and ～ (and some 600 other pairs) with the same glyph, and a PDF font
knows one character per glyph: copied or searched text would hold whichever came first. The
rarer one of a pair is therefore set in a sister font of the same family, which looks the same.
"""

import re
from collections import Counter, defaultdict
from xml.etree.ElementTree import Element

from fontTools.ttLib import TTFont

SISTERS = ("Noto Sans CJK KR", "Noto Sans CJK SC", "Noto Sans CJK TC")
SVG = "{http://www.w3.org/2000/svg}svg"
#: Not drawn as text of the page.
OUTSIDE = {"head", "style", "script", SVG}

#: One glyph in Japanese text only (the font's `locl` feature), so the character map does not tell.
DASHES = "\u2014\u2015"

#: Character → the glyph it shares with another one. Filled once, in the warm server.
SHARED: dict[str, str] = {}


def learn(path: str, index: int) -> None:
    """Read from the font which characters share a glyph; spaces and hyphens may stay confused."""
    by_glyph = defaultdict(list)
    for code, glyph in TTFont(path, fontNumber=index, lazy=True)["cmap"].getBestCmap().items():
        if not chr(code).isspace() and code != 0xAD:
            by_glyph[glyph].append(chr(code))
    SHARED.update(
        (character, glyph)
        for glyph, characters in by_glyph.items()
        if len(characters) > 1
        for character in characters
    )
    SHARED.update(dict.fromkeys(DASHES, "dash"))


def separate(root: Element) -> None:
    """Set every second character of a pair that both stand in this document in a sister font."""
    fonts = sister_fonts(root)
    if fonts:
        pattern = re.compile("([" + re.escape("".join(fonts)) + "])")
        for element in list(inside(root)):
            split_text(element, pattern, fonts)


def sister_fonts(root: Element) -> dict[str, str]:
    """Character → font, for the rarer characters of each pair; a chart's own characters stay."""
    counts: Counter[str] = Counter()
    for element in inside(root):
        counts.update(c for c in (element.text or "") if c in SHARED)
        for child in element:
            counts.update(c for c in (child.tail or "") if c in SHARED)
    drawn = {c for svg in root.iter(SVG) for text in svg.itertext() for c in text if c in SHARED}
    pairs = defaultdict(list)
    for character in set(counts) | drawn:
        pairs[SHARED[character]].append(character)
    fonts: dict[str, str] = {}
    for characters in pairs.values():
        characters.sort(key=lambda c: (c not in drawn, -counts[c], c))
        fonts.update(zip(characters[1:], SISTERS, strict=False))
    return fonts


def inside(element: Element) -> list[Element]:
    """The elements whose text is drawn on the page, in document order."""
    found, waiting = [], [element]
    while waiting:
        current = waiting.pop()
        if isinstance(current.tag, str) and current.tag not in OUTSIDE:
            found.append(current)
            waiting.extend(reversed(list(current)))
    return found


def split_text(element: Element, pattern: re.Pattern[str], fonts: dict[str, str]) -> None:
    """Wrap the characters in spans: those of the element's own text and of its children's tails."""
    for child in list(element):
        if child.tail and pattern.search(child.tail):
            child.tail, spans = pieces(child.tail, pattern, fonts)
            place = list(element).index(child) + 1
            for span in reversed(spans):
                element.insert(place, span)
    if element.text and pattern.search(element.text):
        element.text, spans = pieces(element.text, pattern, fonts)
        for span in reversed(spans):
            element.insert(0, span)


def pieces(text: str, pattern: re.Pattern[str], fonts: dict[str, str]) -> tuple[str, list[Element]]:
    """The text before the first character, and one span per character with the text after it."""
    parts = pattern.split(text)
    spans = []
    for character, after in zip(parts[1::2], parts[2::2], strict=True):
        span = Element("span", {"style": f"font-family: '{fonts[character]}'"})
        span.text, span.tail = character, after
        spans.append(span)
    return parts[0], spans
