"""What a password may be: long, not common, not made of words anybody here would guess.

Twelve characters or more; spaces, Japanese and any length above are welcome; no classes, no rotation.
Words that belong to the portal, to the person and to the person's offices do not count: what is left
without them, without digits and signs, must still be eight characters, or the password is refused.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError

from portal.models import Membership, User
from portal.ui import errors

COMMON_FILE = Path(__file__).resolve().parents[1] / "data" / "common_passwords.txt"
LETTERS_LEFT = 8
#: Words of the place, besides PORTAL_NAME and what is known of the person.
PLACE = ("portal", "banso", "ポータル", "伴走", "支援", "市町村", "都道府県", "役場", "県庁", "市役所", "dx")
ROWS = (
    "0123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik",
    "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわをん",
    "いろはにほへとちりぬるを",
)


def plain(text: str) -> str:
    """As it is compared: one width, one case, hiragana for katakana."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(chr(ord(sign) - 0x60) if "ァ" <= sign <= "ヶ" else sign for sign in folded)


def letters(text: str) -> str:
    """Without digits, signs and spaces."""
    return "".join(sign for sign in text if sign.isalpha())


@lru_cache(maxsize=1)
def common_words() -> tuple[str, ...]:
    """Words people use as passwords, longest first."""
    lines = COMMON_FILE.read_text(encoding="utf-8").splitlines()
    words = {plain(line.strip()) for line in lines if line.strip() and not line.startswith("#")}
    return tuple(sorted(words, key=lambda word: (-len(word), word)))


def without(text: str, words: list[str] | tuple[str, ...]) -> str:
    """The letters that are left when all these words are taken out."""
    for word in words:
        if word in text:
            text = text.replace(word, " ")
    return letters(text)


def _refused(code: str) -> ValidationError:
    return ValidationError(errors.PASSWORD[code], code=code)


class CommonValidator:
    """Refuses common words, rows of keys and repetitions, whatever digits are hung on."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ValidationError for a password that is tried first."""
        text = plain(password)
        bare = re.sub(r"\s", "", text)
        repeated = re.fullmatch(r"(.{1,4}?)\1{2,}.{0,3}", bare)
        if (
            repeated
            or _is_row(bare)
            or (letters(text) and len(without(text, common_words())) < LETTERS_LEFT // 2)
        ):
            raise _refused("password_too_common")

    def get_help_text(self) -> str:
        """For forms that list the rules."""
        return "よく使われる言葉や、並んだ文字、くり返しだけのものは使えません。"


def _is_row(text: str) -> bool:
    """Made of nothing but pieces of keyboard rows, either way round."""
    left = text
    for row in ROWS:
        for line in (row, row[::-1]):
            for size in range(min(len(line), len(left)), 3, -1):
                for start in range(len(line) - size + 1):
                    left = left.replace(line[start : start + size], "")
    return len(left) <= 2


class ContextValidator:
    """Refuses passwords made of the portal's name, the person's name and address, and the offices' names."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ValidationError when too little is left without those words."""
        text = plain(password)
        words = sorted(context_words(user), key=len, reverse=True)
        if any(word in text for word in words) and len(without(text, words)) < LETTERS_LEFT:
            raise _refused("password_context")

    def get_help_text(self) -> str:
        """For forms that list the rules."""
        return "氏名、団体名、メールアドレス、ポータルの名称を主にしたものは使えません。"


def context_words(user: User | None) -> set[str]:
    """Words anybody who knows the person and the portal would try."""
    found = {settings.PORTAL_NAME, *PLACE}
    if user is not None:
        found |= {user.name, *user.name.split(), user.login_id or ""}
        found |= set(re.split(r"[@.\-_]", user.email or ""))
        if user.pk:
            rows = Membership.objects.filter(user=user).select_related("organisation__parent")
            offices = {
                office for row in rows for office in (row.organisation, row.organisation.parent) if office
            }
            for office in offices:
                found |= {office.name, re.sub(r"[都道府県市区町村]$", "", office.name)}
    return {
        word for word in map(plain, found) if len(word) >= 2 and word not in {"jp", "lg", "co", "or", "go"}
    }
