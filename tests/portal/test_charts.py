"""Charts: right geometry, right words, and SVG that a strict page and a screen reader can take."""

import datetime
import itertools
import re
from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string

from portal.charts import (
    Series,
    State,
    Week,
    WeekRow,
    bars,
    bars_figure,
    palette,
    radar,
    radar_figure,
    radar_finding,
    states_figure,
    states_finding,
    weeks,
    weeks_figure,
    weeks_finding,
)
from portal.charts.geometry import number, place, polar, runs, shares, text_width, two_lines
from portal.charts.weeks import months

SVG = "{http://www.w3.org/2000/svg}"
AXES = [
    "課題の\n話し合い",
    "庁内の一枚岩",
    "目標と役割",
    "仲間づくり",
    "住民との対話",
    "内外への発信",
    "速い決定と学び",
]
NOW = Series("令和7年度", [3.0, 2.5, 1.8, 1.0, 4.0, 2.0, 3.5])
BEFORE = Series("令和6年度", [2.0, 2.5, 1.8, 1.0, 3.0, 2.0, 3.0])
MONDAY = datetime.date(2025, 6, 30)


def week_row(name: str, *states: str) -> WeekRow:
    return WeekRow(name, [Week(MONDAY + datetime.timedelta(7 * n), state) for n, state in enumerate(states)])


def all_figures():
    """One of each kind, with awkward text in every place."""
    bad = "<script>\"&'</script>"
    return [
        radar_figure(uid="r", title=bad, axes=[bad, *AXES[1:]], series=[Series(bad, NOW.values), BEFORE]),
        bars_figure(uid="b", title=bad, finding=bad, names=[bad, "乙"], series=[Series(bad, [1, None])]),
        weeks_figure(uid="w", title=bad, rows=[week_row(bad, "covered", "gap", "holiday")]),
        states_figure(uid="s", title=bad, counts=[State("todo", bad, 3), State("draft", "作成中", 0)]),
    ]


# --- geometry ---------------------------------------------------------------


def test_polar_starts_at_the_top_and_goes_clockwise():
    points = [polar((100, 100), 10, turn) for turn in (0, 0.25, 0.5, 0.75)]
    assert [(round(x), round(y)) for x, y in points] == [(100, 90), (110, 100), (100, 110), (90, 100)]


def test_runs_break_at_missing_points_and_go_on_over_the_start():
    a, b, c, d = (1.0, 1.0), (2.0, 2.0), (3.0, 3.0), (4.0, 4.0)
    assert runs([a, b, c]) == [[a, b, c, a]]
    assert runs([a, b, None, c, d]) == [[c, d, a, b]]
    assert runs([None, a, None, b]) == [[a], [b]]
    assert runs([None, None]) == []


def test_shares_fill_the_width_and_leave_out_empty_pieces():
    assert shares([3, 0, 1], 103, 3) == [(0, 75), (78, 0), (78, 25)]
    assert shares([0, 0], 100, 3) == [(0, 0), (0, 0)]


@pytest.mark.parametrize(
    ("value", "digits", "printed"),
    [
        (12345, None, "12,345"),
        (3.14, None, "3.1"),
        (3, 1, "3.0"),
        (None, 1, "—"),
        (-0.5, 1, "−0.5"),
        (0, None, "0"),
    ],
)
def test_numbers_are_printed_as_the_wording_rules_say(value, digits, printed):
    assert number(value, digits) == printed


def test_names_break_where_told_or_in_the_middle():
    assert two_lines("仲間づくり") == ["仲間づくり"]
    assert two_lines("課題の\n話し合い") == ["課題の", "話し合い"]
    assert two_lines("速い決定と学び") == ["速い決定", "と学び"]
    assert two_lines("組織・体制づくり") == ["組織・", "体制づくり"]
    assert text_width("県A", 10) == pytest.approx(15.6)
    assert place(1.04) == "1"


def test_month_names_do_not_overlap():
    starts = [MONDAY + datetime.timedelta(7 * n) for n in range(38)]
    named = [float(month["x"]) for month in months(starts, 100, 8.5) if month["text"]]
    assert len(named) > 5
    assert all(right - left >= 31.9 for left, right in itertools.pairwise(named))


# --- words ------------------------------------------------------------------


def test_radar_finding_names_highest_lowest_and_the_change():
    assert radar_finding(AXES, [NOW, BEFORE]) == (
        "令和7年度は、「住民との対話」が4.0で最も高く、「仲間づくり」が1.0で最も低い結果です。"
        "平均は、令和6年度より0.4高くなっています。"
    )
    assert "0.4低くなっています" in radar_finding(AXES, [BEFORE, NOW])
    assert radar_finding(AXES, [NOW, Series("前回", NOW.values)]).endswith("平均は、前回と変わりません。")


def test_radar_finding_without_values_with_ties_and_with_equal_values():
    assert radar_finding(["甲", "乙"], [Series("今回", [None, None])]) == "点数のある項目は、まだありません。"
    assert radar_finding(["甲", "乙"], [Series("今回", [2, 2.04])]) == "今回は、すべての項目が2.0です。"
    tied = radar_finding(["甲", "乙", "丙"], [Series("今回", [3, 3, 1]), Series("前回", [None] * 3)])
    assert tied == "今回は、「甲」「乙」が3.0で最も高く、「丙」が1.0で最も低い結果です。"


def test_weeks_finding_counts_working_weeks_and_names_rows_with_gaps():
    full = week_row("見本県", "covered", "holiday", "covered")
    torn = week_row("架空県", "covered", "gap", "gap")
    assert weeks_finding([full]) == "開庁日のある2週のすべてに、常駐の予定があります。"
    assert (
        weeks_finding([full, torn])
        == "開庁日のあるのべ5週のうち3週に常駐の予定があり、空白は架空県が2週です。"
    )
    assert weeks_finding([]) == "常駐の予定は、まだありません。"


def test_states_finding_adds_up():
    counts = [State("accepted", "受理", 12), State("draft", "作成中", 0), State("todo", "未着手", 8)]
    assert states_finding(counts) == "全20団体のうち、受理が12、未着手が8です。"
    assert states_finding([State("todo", "未着手", 0)]) == "対象の団体は、まだありません。"


# --- SVG --------------------------------------------------------------------


@pytest.mark.parametrize("figure", all_figures(), ids=lambda figure: figure.uid)
def test_svg_is_named_plain_and_escaped(figure):
    root = ElementTree.fromstring(figure.svg)
    assert root.get("role") == "img"
    named = root.get("aria-labelledby").split()
    assert named == [f"{figure.uid}-title", f"{figure.uid}-desc"]
    assert [root.find(f"{SVG}title").get("id"), root.find(f"{SVG}desc").get("id")] == named
    assert all((root.find(f"{SVG}{tag}").text or "").strip() for tag in ("title", "desc"))
    assert "Noto Sans CJK JP" in root.get("font-family")
    assert float(root.get("viewBox").split()[2]) <= 440
    assert not re.search(r"style=|<style|<script|foreignObject|\son\w+=|paint-order|filter", figure.svg)
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert all(identifier.startswith(f"{figure.uid}-") for identifier in ids)


@pytest.mark.parametrize("figure", all_figures(), ids=lambda figure: figure.uid)
def test_all_text_lies_inside_the_picture_and_is_not_too_small(figure):
    root = ElementTree.fromstring(
        figure.svg.replace("&lt;script&gt;&quot;&amp;&#x27;&lt;/script&gt;", "名前")
    )
    width, height = float(root.get("width")), float(root.get("height"))
    for text in root.iter(f"{SVG}text"):
        assert 0 <= float(text.get("y")) <= height
        assert 0 <= float(text.get("x")) <= width
        assert float(text.get("font-size", 15)) >= 13


def test_colours_come_from_the_palette():
    known = {palette.INK, palette.INK_SUB, palette.PAPER, palette.GRID, palette.AXIS, palette.SURFACE, "none"}
    known |= {style.color for style in palette.SERIES}
    for fill in [*palette.STATES.values(), *palette.WEEKS.values()]:
        known |= {fill.fill, fill.stroke, fill.text}
    for figure in all_figures():
        for element in ElementTree.fromstring(figure.svg).iter():
            assert {element.get("fill", "none"), element.get("stroke", "none")} <= known


def luminance(color: str) -> float:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_palette_can_be_read():
    assert all(contrast(style.color, palette.PAPER) >= 4.5 for style in palette.SERIES)
    assert all(contrast(fill.text, fill.fill) >= 4.5 for fill in palette.STATES.values())
    assert all(contrast(fill.stroke, palette.PAPER) >= 3 for fill in palette.STATES.values())
    assert len({(style.dash, style.mark) for style in palette.SERIES}) == len(palette.SERIES)


def test_radar_puts_full_marks_on_the_outer_ring_and_zero_in_the_middle():
    svg = radar(uid="x", title="題", desc="説明", axes=AXES, series=[Series("今回", [4, 0, 0, 0, 0, 0, 0])])
    root = ElementTree.fromstring(svg)
    outer = [p for p in root.iter(f"{SVG}polygon") if p.get("fill") == "none"][-1].get("points").split()[0]
    line = next(root.iter(f"{SVG}polyline")).get("points").split()
    assert line[0] == outer == line[-1]
    assert set(line[1:-1]) == {"220,196"}


def test_radar_leaves_a_gap_for_a_missing_value_and_says_so():
    svg = radar(
        uid="x", title="題", desc="説明。", axes=AXES, series=[Series("今回", [3, 2, None, 1, 4, 2, 3])]
    )
    root = ElementTree.fromstring(svg)
    assert len(next(root.iter(f"{SVG}polyline")).get("points").split()) == 6
    assert "「目標と役割」は、値がありません。" in root.find(f"{SVG}desc").text
    texts = [text.text for text in root.iter(f"{SVG}text")]
    assert "—" in texts
    assert any("線を切っています" in text for text in texts)
    assert not [p for p in root.iter(f"{SVG}polygon") if p.get("fill-opacity")]


def test_radar_refuses_three_series_and_uneven_values():
    with pytest.raises(ValueError, match="one or two"):
        radar(uid="x", title="題", desc="説明", axes=AXES, series=[NOW, BEFORE, NOW])
    with pytest.raises(ValueError, match="one or two"):
        radar(uid="x", title="題", desc="説明", axes=AXES, series=[Series("今回", [1])])


def test_bars_start_at_zero_are_in_proportion_and_name_what_is_missing():
    svg = bars(
        uid="x",
        title="題",
        desc="説明",
        names=["甲", "乙", "丙"],
        series=[Series("数", [10, 5, None])],
        unit="件",
    )
    root = ElementTree.fromstring(svg)
    rects = list(root.iter(f"{SVG}rect"))
    assert len(rects) == 2
    assert float(rects[0].get("width")) == pytest.approx(2 * float(rects[1].get("width")), abs=0.2)
    assert {rect.get("x") for rect in rects} == {rects[0].get("x")}
    assert {"10件", "5件", "データなし"} <= {text.text for text in root.iter(f"{SVG}text")}


def test_week_strip_has_a_cell_per_week_and_crosses_gaps():
    svg = weeks(
        uid="x", title="題", desc="説明", rows=[week_row("見本県", "covered", "gap", "holiday", "covered")]
    )
    root = ElementTree.fromstring(svg)
    cells = [rect for rect in root.iter(f"{SVG}rect") if float(rect.get("y")) < 60]
    assert [cell.get("fill") for cell in cells] == [
        palette.WEEKS[state].fill for state in ("covered", "gap", "holiday", "covered")
    ]
    with pytest.raises(ValueError, match="same weeks"):
        weeks(uid="x", title="題", desc="説明", rows=[week_row("甲", "gap"), week_row("乙", "gap", "gap")])


def test_figure_shows_finding_chart_and_the_same_numbers_as_a_table():
    figure = radar_figure(uid="r", title="七ヶ条", axes=AXES, series=[NOW, BEFORE])
    html = render_to_string("components/figure.html", {"figure": figure})
    assert figure.finding in html
    assert figure.svg in html
    assert html.count('<th scope="row">') == 7
    assert ["課題の話し合い", "3.0", "2.0"] in [list(row) for row in figure.rows]
    for row in figure.rows:
        assert all(cell in html for cell in row)
    torn = weeks_figure(uid="w", title="常駐", rows=[week_row("見本県", "covered", "gap", "holiday")])
    assert [list(row) for row in torn.rows] == [["見本県", "1", "1", "7月7日"]]


def test_labels_keep_kinsoku_and_fit_their_room():
    assert two_lines("大胆に、勇敢に巻き込む", room=6) == ["大胆に、勇敢", "に巻き込む"]
    assert two_lines("相手を十分知り、よく議論する", room=9) == ["相手を十分知り、", "よく議論する"]
    assert two_lines("相手を十分知り、よく議論する", room=5)[1][0] != "、"
