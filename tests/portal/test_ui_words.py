"""How dates and numbers are written and read, and how errors are worded."""

import datetime as dt
from decimal import Decimal

import pytest
from django.template import Context, Template

from portal.ui import errors
from portal.ui.dates import fiscal, jdate_range, parse_date, wareki_date
from portal.ui.loose import plain_code, plain_number, plain_text
from portal.ui.numbers import grouped, with_sign

DAY = dt.date(2025, 9, 30)


def show(source: str, **context: object) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


@pytest.mark.parametrize(
    "text",
    [
        "2025-09-30",
        "2025/9/30",
        "2025.9.30",
        "20250930",
        "2025年9月30日",
        "2025年9月30日（火）",
        "令和7年9月30日",
        "令和７年９月３０日",
        "R7.9.30",
        "r7/9/30",
        " ２０２５／９／３０ ",
        "2025−9−30",
        "令和 7 年 9 月 30 日",
    ],
)
def test_every_usual_way_of_writing_a_day_is_understood(text: str) -> None:
    assert parse_date(text) == DAY


def test_first_year_of_an_era_is_gannen() -> None:
    assert parse_date("令和元年5月1日") == dt.date(2019, 5, 1)
    assert parse_date("H31.4.30") == dt.date(2019, 4, 30)
    assert parse_date("昭和64年1月7日") == dt.date(1989, 1, 7)


@pytest.mark.parametrize("text", ["2025-02-30", "2025", "9月30日", "きのう", "", "2025-13-01", "X7.9.30"])
def test_what_is_no_day_is_none(text: str) -> None:
    assert parse_date(text) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2025, "令和7年度"),
        (2019, "令和元年度"),
        (2018, "平成30年度"),
        (dt.date(2026, 3, 31), "令和7年度"),
        (dt.date(2026, 4, 1), "令和8年度"),
        (dt.date(2019, 4, 1), "令和元年度"),
        (dt.date(2019, 3, 31), "平成30年度"),
    ],
)
def test_a_fiscal_year_ends_in_march(value: object, text: str) -> None:
    assert fiscal(value) == text
    assert show("{{ v|fiscal }}", v=value) == text


def test_dates_carry_weekday_and_iso_value() -> None:
    assert show("{{ d|jdate }}", d=DAY) == '<time datetime="2025-09-30">2025年9月30日（火）</time>'
    assert show('{{ d|jdate:"short" }}', d=DAY) == '<time datetime="2025-09-30">2025年9月30日</time>'
    week = [dt.date(2025, 9, 29) + dt.timedelta(days=n) for n in range(7)]
    assert [show("{{ d|jdate_text }}", d=day)[-2] for day in week] == list("月火水木金土日")


def test_times_are_shown_in_japan() -> None:
    moment = dt.datetime(2025, 9, 30, 8, 5, tzinfo=dt.UTC)
    assert show("{{ d|jdatetime_text }}", d=moment) == "2025年9月30日（火）17時05分"
    late = dt.datetime(2025, 9, 30, 15, 0, tzinfo=dt.UTC)
    assert show("{{ d|jdate_text }}", d=late) == "2025年10月1日（水）"
    assert 'datetime="2025-09-30T08:05:00+00:00"' in show("{{ d|jdatetime }}", d=moment)


def test_a_range_names_the_year_once() -> None:
    start = dt.date(2025, 7, 1)
    assert jdate_range(start, DAY) == "2025年7月1日（火）～9月30日（火）"
    assert jdate_range(start, dt.date(2026, 3, 13)) == "2025年7月1日（火）～2026年3月13日（金）"
    assert jdate_range(start, None) == "2025年7月1日（火）～"


def test_era_dates_change_on_the_day() -> None:
    assert wareki_date(dt.date(2019, 5, 1)) == "令和元年5月1日"
    assert wareki_date(dt.date(2019, 4, 30)) == "平成31年4月30日"


@pytest.mark.parametrize(
    "name", ["jdate", "jdate_text", "jdatetime", "fiscal", "number", "signed", "na", "wareki"]
)
def test_nothing_is_a_dash(name: str) -> None:
    assert show("{{ v|" + name + " }}", v=None) == "—"


def test_zero_is_a_number() -> None:
    assert show("{{ v|number }}{{ v|na }}", v=0) == "00"


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (12345, None, "12,345"),
        (-1234.5, None, "−1,234.5"),
        (70, 1, "70.0"),
        (2.25, 1, "2.3"),
        (Decimal("1741"), None, "1,741"),
        (-0.04, 1, "0.0"),
    ],
)
def test_numbers_are_grouped_with_a_real_minus(value: object, places: int | None, text: str) -> None:
    assert grouped(value, places) == text


def test_changes_carry_their_sign() -> None:
    assert [with_sign(value) for value in (0.2, -0.1, 0, 0.04)] == ["+0.2", "−0.1", "±0.0", "±0.0"]


def test_free_text_is_kept_and_codes_are_folded() -> None:
    assert plain_text("髙﨑\r\n㈱〜\x0b") == "髙﨑\n㈱〜"
    assert plain_code(" Ｔ１２３４−５ ") == "T1234-5"
    assert plain_number("１，２５０ 人", "人") == "1250"
    assert plain_number("−３") == "-3"


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (errors.required("取組の内容"), "取組の内容を入力してください。"),
        (errors.choose("計画に対する進み具合"), "計画に対する進み具合を選んでください。"),
        (errors.number("参加者数"), "参加者数は、半角数字で入力してください。"),
        (
            errors.too_long("取組の内容", 400, 432),
            "取組の内容は、400文字以内で入力してください（現在432文字）。",
        ),
        (
            errors.not_before("終了日", "開始日", dt.date(2025, 7, 1)),
            "終了日は、開始日（2025年7月1日）以降の日付にしてください。",
        ),
        (errors.file("添付資料", "10MB以下のPDF"), "添付資料は、10MB以下のPDFを選んでください。"),
    ],
)
def test_errors_say_what_to_do(sentence: str, expected: str) -> None:
    assert sentence == expected
