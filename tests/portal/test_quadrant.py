"""The quadrant chart: right places, marks that never hide each other, and words for what does not fit."""

import itertools
import re
from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string

from portal.charts import Grade, Spot, palette, quadrant, quadrant_figure
from portal.charts.quadrant import CELL, LEFT, LOOKS, PER_CELL, RADIUS, TOP, WIDTH, cell_center, seats

SVG = "{http://www.w3.org/2000/svg}"
X = Grade("難易度", "低い", "高い", [1, 2, 3, 4, 5])
Y = Grade("裨益性", "小さい", "大きい", [1, 2, 3, 4, 5])
CORNERS = ["左上", "右上", "左下", "右下"]
KINDS = ["緊急性 4～5", "緊急性 3", "緊急性 1～2", "緊急性 未評価"]
BAD = "<script>\"&'</script>"


def draw(*spots, kinds=KINDS, **more):
    words = {"title": "題", "desc": "説明。", "corners": CORNERS} | more
    return ElementTree.fromstring(quadrant(uid="q", x=X, y=Y, spots=spots, kinds=kinds, **words))


def marks(root):
    """The marks on the grid, without those of the legend."""
    return [c for c in root.iter(f"{SVG}circle") if float(c.get("r")) == RADIUS]


def texts(root):
    return [text.text for text in root.iter(f"{SVG}text")]


def test_levels_rise_to_the_right_and_upward():
    assert cell_center(0, 0, 5) == (LEFT + CELL / 2, TOP + CELL * 4.5)
    assert cell_center(4, 4, 5) == (LEFT + CELL * 4.5, TOP + CELL / 2)
    low, high = marks(draw(Spot(1, x=1, y=1), Spot(2, x=5, y=5)))
    assert float(low.get("cx")) < float(high.get("cx"))
    assert float(low.get("cy")) > float(high.get("cy"))


def test_the_quadrants_part_in_the_middle_of_both_scales():
    root = draw(Spot(1, x=3, y=3))
    middle = [line for line in root.iter(f"{SVG}line") if line.get("stroke") == palette.AXIS]
    mark = marks(root)[0]
    assert middle[0].get("x1") == middle[0].get("x2") == mark.get("cx")
    assert middle[1].get("y1") == middle[1].get("y2") == mark.get("cy")


@pytest.mark.parametrize("count", range(1, PER_CELL + 1))
def test_marks_of_one_place_stand_beside_each_other_inside_their_cell(count):
    points = seats(count, (100, 100))
    assert len(points) == count
    for (ax, ay), (bx, by) in itertools.combinations(points, 2):
        assert ((ax - bx) ** 2 + (ay - by) ** 2) ** 0.5 >= 2 * (RADIUS + 1)
    for x, y in points:
        assert max(abs(x - 100), abs(y - 100)) + RADIUS <= CELL / 2


def test_where_more_fall_together_the_last_place_says_how_many_more():
    nine = draw(*(Spot(n, x=2, y=4) for n in range(1, 10)))
    assert len(marks(nine)) == 9
    assert not any(text.startswith("+") for text in texts(nine))
    many = draw(*(Spot(n, x=2, y=4) for n in range(1, 22)))
    assert len(marks(many)) == 8
    assert "+13" in texts(many)
    assert "「+」の数字は、同じ場所にある残りの件数です。" in texts(many)
    assert "「+」の数字" in many.find(f"{SVG}desc").text


def test_numbers_stand_in_the_marks_and_kinds_are_told_apart_without_colour():
    root = draw(*(Spot(10 + kind, x=kind + 1, y=1, kind=kind) for kind in range(4)))
    assert {"10", "11", "12", "13"} <= set(texts(root))
    assert set(KINDS) <= set(texts(root))
    looks = {(look["fill"], look["stroke"], look["dash"]) for look in LOOKS}
    assert len(looks) == len(LOOKS)


def test_the_svg_is_named_plain_escaped_and_readable():
    svg = quadrant(
        uid="q",
        title=BAD,
        desc=BAD,
        x=Grade(BAD, BAD, BAD, [1, 2]),
        y=Y,
        corners=[BAD] * 4,
        spots=[Spot(1, x=1, y=1)],
        kinds=[BAD],
    )
    root = ElementTree.fromstring(svg)
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "q-title q-desc"
    assert float(root.get("viewBox").split()[2]) <= 440
    assert "<script" not in svg
    assert not re.search(r"style=|<style|foreignObject|\son\w+=|paint-order|filter", svg)


def test_all_text_lies_inside_the_picture_and_is_as_large_as_the_charts_are():
    root = draw(*(Spot(n, x=5, y=5) for n in range(1, 22)), corners=["二行の\n言葉"] * 4)
    height = float(root.get("height"))
    for text in root.iter(f"{SVG}text"):
        assert 0 <= float(text.get("x")) <= WIDTH
        assert 0 <= float(text.get("y")) <= height
        assert text.get("font-size") is None
    assert root.get("font-size") == "15"


def test_colours_come_from_the_palette():
    known = {palette.INK, palette.INK_SUB, palette.PAPER, palette.GRID, palette.AXIS, "none"}
    known |= {style.color for style in palette.SERIES}
    for element in draw(*(Spot(n, x=1, y=1, kind=n % 4) for n in range(12))).iter():
        assert {element.get("fill", "none"), element.get("stroke", "none")} <= known


@pytest.mark.parametrize("spot", [Spot(1, x=6, y=1), Spot(1, x=1, y=0), Spot(1, x=1, y=1, kind=4)])
def test_a_mark_off_the_scales_is_refused(spot):
    with pytest.raises(ValueError, match="level of both scales"):
        draw(spot)


def test_it_takes_four_corners_and_no_more_kinds_than_it_has_looks():
    for wrong in ({"corners": CORNERS[:3]}, {"kinds": [*KINDS, "五つ目"]}, {"kinds": []}):
        with pytest.raises(ValueError, match="four corners"):
            draw(**wrong)


def test_the_figure_shows_the_same_numbers_as_a_table():
    figure = quadrant_figure(
        uid="q",
        title="図",
        finding="一つあります。",
        x=X,
        y=Y,
        corners=CORNERS,
        spots=[Spot(1, x=2, y=4)],
        kinds=KINDS[:1],
        columns=["番号・地域課題", "裨益性", "難易度"],
        rows=[["1　窓口", "4", "2"]],
    )
    html = render_to_string("components/figure.html", {"figure": figure})
    assert figure.finding in html
    assert figure.svg in html
    assert '<th scope="row">1　窓口</th>' in html
