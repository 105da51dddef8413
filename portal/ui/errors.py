"""The one place where errors are worded: what to do, which field, ending in 「…してください。」.

Form fields take their messages from `messages_for`; forms and services that add
an error of their own call the sentence functions.
"""

from datetime import date

from django import forms

from portal.ui.dates import jdate


def required(label: str) -> str:
    """Nothing was entered."""
    return f"{label}を入力してください。"


def choose(label: str) -> str:
    """Nothing, or something that is not offered, was chosen."""
    return f"{label}を選んでください。"


def agree(label: str) -> str:
    """A box that must be ticked is not."""
    return f"「{label}」にチェックを入れてください。"


def number(label: str) -> str:
    """Not a whole number."""
    return f"{label}は、半角数字で入力してください。"


def decimal(label: str, places: int | None = None) -> str:
    """Not a number, or with more decimal places than kept."""
    if places:
        return f"{label}は、半角数字（小数第{places}位まで）で入力してください。"
    return number(label)


def at_least(label: str, minimum: object = "%(limit_value)s") -> str:
    """Below the smallest value."""
    return f"{label}は、{minimum}以上の数字で入力してください。"


def at_most(label: str, maximum: object = "%(limit_value)s") -> str:
    """Above the largest value."""
    return f"{label}は、{maximum}以下の数字で入力してください。"


def too_long(label: str, limit: object = "%(limit_value)s", current: object = "%(show_value)s") -> str:
    """More characters than fit."""
    return f"{label}は、{limit}文字以内で入力してください（現在{current}文字）。"


def too_short(label: str, limit: object = "%(limit_value)s", current: object = "%(show_value)s") -> str:
    """Fewer characters than asked for."""
    return f"{label}は、{limit}文字以上で入力してください（現在{current}文字）。"


def digits(label: str, count: int | str) -> str:
    """A code of the wrong length or shape."""
    return f"{label}は、半角数字{count}桁で入力してください。"


def a_date(label: str) -> str:
    """Not a day of the calendar."""
    return f"{label}は、「2025年9月30日」のように、実在する日付を入力してください。"


def not_before(label: str, other: str, day: date) -> str:
    """Ends before it begins."""
    return f"{label}は、{other}（{jdate(day, weekday=False)}）以降の日付にしてください。"


def not_after(label: str, other: str, day: date) -> str:
    """Begins after it ends."""
    return f"{label}は、{other}（{jdate(day, weekday=False)}）以前の日付にしてください。"


def within(label: str, start: date, end: date) -> str:
    """A day outside the period."""
    return (
        f"{label}は、{jdate(start, weekday=False)}から{jdate(end, weekday=False)}までの日付にしてください。"
    )


def email(label: str) -> str:
    """Not an e-mail address."""
    return f"{label}は、「name@example.lg.jp」の形で入力してください。"


def url(label: str) -> str:
    """Not a web address."""
    return f"{label}は、「https://」で始まるアドレスを入力してください。"


def file(label: str, wanted: str = "") -> str:
    """No file, an empty one, or one of the wrong kind or size; `wanted` as 「10MB以下のPDF」."""
    return f"{label}は、{wanted or '中身のあるファイル'}を選んでください。"


def taken(label: str) -> str:
    """The value must be unique and is not."""
    return f"この{label}は、すでに登録されています。別の{label}を入力してください。"


def same_again(label: str) -> str:
    """The second entry differs from the first."""
    return f"{label}は、1回目と同じものを入力してください。"


def newer_version(name: str, moment: str) -> str:
    """Somebody else saved in between."""
    return f"{name}さんが{moment}に保存しました。内容を見比べて、保存し直してください。"


def no_right(noun: str, contact: str) -> str:
    """The reason of a 403 page."""
    return f"{noun}権限がありません。{contact}に連絡してください。"


def summary(count: int) -> str:
    """The heading of the error summary."""
    return f"入力内容に{count}件の誤りがあります"


#: Sentences for the sign-in library's codes (its adapter takes them as `error_messages`).
ACCOUNT = {
    "account_inactive": "このアカウントは、現在利用できません。ポータルの事務局に連絡してください。",
    "email_password_mismatch": (
        "メールアドレスまたはサインインIDと、パスワードを、登録のとおりに入力してください。"
    ),
    "duplicate_email": "現在と異なるメールアドレスを入力してください。",
    "email_taken": "別のメールアドレスを入力してください。このメールアドレスは、すでに登録されています。",
    "enter_current_password": "現在のパスワードを、正しく入力してください。",
    "incorrect_password": "パスワードを、正しく入力してください。",
    "incorrect_code": "確認コードを、メールのとおりに入力してください。",
    "invalid_or_expired_key": "リンクの期限が切れています。もう一度手続してください。",
    "invalid_login": "メールアドレスとパスワードを、確かめて入力してください。",
    "invalid_password_reset": "リンクの期限が切れています。再設定を、もう一度申し込んでください。",
    "max_email_addresses": "メールアドレスは、%d個まで登録できます。使わないものを削除してください。",
    "too_many_login_attempts": "受付を一時止めています。5分ほど待って、もう一度入力してください。",
    "unverified_primary_email": "メールアドレスの確認を、先に済ませてください。",
    "same_as_current": "現在と異なるものを入力してください。",
    "rate_limited": "操作の回数が多いため、受付を一時止めています。少し待って、もう一度操作してください。",
}
#: Sentences for the codes of Django's password rules.
PASSWORD = {
    "password_too_short": "パスワードは、12文字以上で入力してください。",
    "password_too_common": (
        "パスワードは、推測されにくいものを入力してください。"
        "よく使われる言葉や、並んだ文字、くり返しは使えません。"
    ),
    "password_context": (
        "パスワードは、氏名、団体名、メールアドレス、ポータルの名称を除いても8文字以上の言葉が残るものを"
        "入力してください。"
    ),
    "password_too_similar": "パスワードは、氏名やメールアドレスに似ていないものを入力してください。",
    "password_entirely_numeric": "パスワードは、数字以外の文字も使って入力してください。",
}


def messages_for(field: forms.Field, label: str) -> dict[str, str]:
    """The error messages of a form field by code, naming the field."""
    # Django fills some messages with %: a per cent sign of the label must not be read as a format.
    label = label.replace("%", "％")
    for kinds, wording in _BY_KIND:
        if isinstance(field, kinds):
            return {"required": required(label), "unique": taken(label), **wording(field, label)}
    return {"required": required(label), "invalid": required(label), "unique": taken(label)}


def _choice(_field: forms.Field, label: str) -> dict[str, str]:
    sentence = choose(label)
    codes = ("required", "invalid_choice", "invalid_list", "invalid_pk_value", "incomplete")
    return dict.fromkeys(codes, sentence)


def _boolean(_field: forms.Field, label: str) -> dict[str, str]:
    return {"required": agree(label)}


def _file(field: forms.Field, label: str) -> dict[str, str]:
    sentence = file(label, getattr(field, "wanted", ""))
    return dict.fromkeys(("required", "invalid", "missing", "empty", "max_length", "contradiction"), sentence)


def _date(_field: forms.Field, label: str) -> dict[str, str]:
    return {"invalid": a_date(label)}


def _number(field: forms.Field, label: str) -> dict[str, str]:
    bounds = {"min_value": at_least(label), "max_value": at_most(label)}
    if isinstance(field, forms.DecimalField):
        sentence = decimal(label, field.decimal_places)
        codes = ("invalid", "max_digits", "max_decimal_places", "max_whole_digits")
        return {**dict.fromkeys(codes, sentence), **bounds}
    return {"invalid": number(label), **bounds}


def _text(field: forms.Field, label: str) -> dict[str, str]:
    wording = {"max_length": too_long(label), "min_length": too_short(label)}
    wording["null_characters_not_allowed"] = required(label)
    if isinstance(field, forms.EmailField):
        wording["invalid"] = email(label)
    if isinstance(field, forms.URLField):
        wording["invalid"] = url(label)
    return wording


_BY_KIND = (
    ((forms.ChoiceField, forms.ModelChoiceField), _choice),
    (forms.FileField, _file),
    (forms.BooleanField, _boolean),
    ((forms.DateField, forms.DateTimeField), _date),
    (forms.IntegerField, _number),
    (forms.CharField, _text),
)
