"""Forms: loose input, wording by label, and an error summary that reaches its controls."""

import datetime as dt
from html.parser import HTMLParser

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.paginator import Paginator
from django.forms import formset_factory
from django.template import Context, Template
from django.test import RequestFactory

from portal.choices import Role
from portal.models import Membership, Organisation
from portal.ui import errors
from portal.ui import forms as ui


class Report(ui.PortalForm):
    """One field of every kind."""

    start = ui.DateField(label="開始日", help_text="例：2025年7月1日")
    end = ui.DateField(label="終了日")
    people = ui.IntegerField(label="参加者数", unit="人", min_value=0)
    rate = ui.DecimalField(label="申請率（%）", decimal_places=1, max_value=100, required=False)
    body = ui.TextField(label="取組の内容", limit=10)
    areas = forms.MultipleChoiceField(
        label="分野",
        choices=[("a", "甲"), ("b", "乙")],
        widget=forms.CheckboxSelectMultiple,
        help_text="すべて",
    )
    pace = forms.ChoiceField(
        label="進み具合", choices=[("a", "順調"), ("b", "遅れ")], widget=forms.RadioSelect
    )
    kind = forms.ChoiceField(label="区分", choices=[("", "---------"), ("1", "一")])
    mail = ui.EmailField(label="メールアドレス")
    proof = ui.FileField(label="添付資料", suffixes=[".pdf"], kinds="PDF", megabytes=1)
    again = ui.YesNoField(label="継続の有無")
    sure = forms.BooleanField(label="確かめました")

    def clean(self) -> dict:
        data = super().clean()
        if data.get("start") and data.get("end"):
            wrong = data["end"] < data["start"]
            self.add_error_if(wrong, "end", errors.not_before("終了日", "開始日", data["start"]))
        return data


GOOD = {
    "start": "令和7年7月1日",
    "end": "2025/9/30",
    "people": "１，２５０人",
    "rate": "７０．５",
    "body": "あいう\r\nえお",
    "areas": ["a"],
    "pace": "b",
    "kind": "1",
    "mail": " ｋｉｋａｋｕ＠example.lg.jp ",
    "again": "no",
    "sure": "on",
}


def pdf(name: str = "a.pdf", size: int = 10) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF" + b"x" * size)


class Page(HTMLParser):
    """Ids, links into the page, labels and references of a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.references: list[str] = []
        self.controls: list[dict] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        given = dict(attrs)
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "a" and given.get("href", "").startswith("#"):
            self.targets.append(given["href"][1:])
        for name in ("for", "aria-describedby", "aria-labelledby", "data-count"):
            self.references += (given.get(name) or "").split()
        if tag in ("input", "textarea", "select", "fieldset"):
            self.controls.append(given)


def draw(form: forms.Form) -> str:
    return Template("{% load ui %}{% error_summary form %}{{ form }}").render(Context({"form": form}))


def test_loose_input_is_read() -> None:
    form = Report(GOOD, {"proof": pdf()})
    assert form.is_valid(), form.errors
    data = form.cleaned_data
    assert (data["start"], data["end"]) == (dt.date(2025, 7, 1), dt.date(2025, 9, 30))
    assert (data["people"], str(data["rate"]), data["again"]) == (1250, "70.5", False)
    assert data["body"] == "あいう\nえお"
    assert data["mail"] == "kikaku@example.lg.jp"


def test_an_empty_form_names_every_field() -> None:
    form = Report({})
    wording = {name: sentences[0] for name, sentences in form.errors.items()}
    assert wording == {
        "start": "開始日を入力してください。",
        "end": "終了日を入力してください。",
        "people": "参加者数を入力してください。",
        "body": "取組の内容を入力してください。",
        "areas": "分野を選んでください。",
        "pace": "進み具合を選んでください。",
        "kind": "区分を選んでください。",
        "mail": "メールアドレスを入力してください。",
        "proof": "添付資料は、1MB以下のPDFを選んでください。",
        "again": "継続の有無を選んでください。",
        "sure": "「確かめました」にチェックを入れてください。",
    }


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("people", "約1200", "参加者数は、半角数字で入力してください。"),
        ("people", "-1", "参加者数は、0以上の数字で入力してください。"),
        ("rate", "７０．５５", "申請率（％）は、半角数字（小数第1位まで）で入力してください。"),
        ("rate", "101", "申請率（％）は、100以下の数字で入力してください。"),
        ("body", "あ" * 11, "取組の内容は、10文字以内で入力してください（現在11文字）。"),
        ("end", "2025/6/30", "終了日は、開始日（2025年7月1日）以降の日付にしてください。"),
        ("end", "2025/6/31", "終了日は、「2025年9月30日」のように、実在する日付を入力してください。"),
        ("pace", "z", "進み具合を選んでください。"),
        ("areas", ["z"], "分野を選んでください。"),
        ("mail", "kikaku", "メールアドレスは、「name@example.lg.jp」の形で入力してください。"),
    ],
)
def test_each_error_names_its_field_and_says_what_to_do(name: str, value: object, sentence: str) -> None:
    form = Report({**GOOD, name: value}, {"proof": pdf()})
    assert form.errors == {name: [sentence]}


@pytest.mark.parametrize("file", [pdf("a.exe"), pdf(size=1024 * 1024)], ids=["kind", "size"])
def test_a_wrong_file_is_named(file: SimpleUploadedFile) -> None:
    assert Report(GOOD, {"proof": file}).errors == {"proof": ["添付資料は、1MB以下のPDFを選んでください。"]}


def test_own_wording_of_a_field_wins() -> None:
    class Own(ui.PortalForm):
        name = ui.CharField(
            label="氏名", error_messages={"required": "氏名を、空白を入れて入力してください。"}
        )

    assert Own({}).errors["name"] == ["氏名を、空白を入れて入力してください。"]


def test_summary_lists_all_errors_in_page_order_and_links_reach_controls() -> None:
    form = Report({"start": "abc"})
    page = Page(draw(form))
    assert len(page.targets) == len(form.errors) == 11
    assert page.targets[:3] == ["id_start", "id_end", "id_people"]
    assert set(page.targets) <= {control.get("id") for control in page.controls}
    assert "入力内容に11件の誤りがあります" in draw(form)


@pytest.mark.parametrize("data", [None, {}], ids=["fresh", "errors"])
def test_every_reference_has_its_target_and_ids_are_unique(data: dict | None) -> None:
    page = Page(draw(Report(data)))
    assert set(page.references) <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))


def test_nothing_typed_is_lost_on_error() -> None:
    html = draw(Report({"start": "きのう", "people": "約1200", "body": "あ" * 11, "end": "令和7年9月30日"}))
    assert 'type="text" name="start" value="きのう"' in html
    assert 'value="約1200"' in html
    assert "あ" * 11 in html
    assert 'type="date" name="end" value="2025-09-30"' in html


def test_error_is_described_before_help_and_control_is_marked() -> None:
    controls = {control["name"]: control for control in Page(draw(Report({}))).controls if "name" in control}
    assert controls["start"]["aria-describedby"] == "id_start_error id_start_helptext"
    assert controls["start"]["aria-invalid"] == "true"
    assert "aria-invalid" not in controls["pace"]
    groups = [c for c in Page(draw(Report({}))).controls if c.get("role") == "radiogroup"]
    assert [group["aria-invalid"] for group in groups] == ["true", "true"]


def test_controls_neither_cut_nor_hint() -> None:
    html = draw(Report())
    assert "maxlength" not in html
    assert "placeholder" not in html
    assert html.count("必須") == 11
    assert html.count("任意") == 1
    assert ">選んでください</option>" in html


def test_formset_errors_stand_in_the_summary() -> None:
    class Row(ui.PortalForm):
        name = ui.CharField(label="名称")

    rows = formset_factory(Row, extra=0)(
        {"r-TOTAL_FORMS": "2", "r-INITIAL_FORMS": "0", "r-0-name": "甲", "r-1-name": ""}, prefix="r"
    )
    rows.forms[1].empty_permitted = False
    html = Template("{% load ui %}{% error_summary rows %}").render(Context({"rows": rows}))
    assert Page(html).targets == ["id_r-1-name"]


def test_model_forms_get_portal_fields_without_asking() -> None:
    class OrganisationForm(ui.PortalModelForm):
        class Meta:
            model = Organisation
            fields = ["name", "notification_address", "sign_off_required"]

    class MembershipForm(ui.PortalModelForm):
        class Meta:
            model = Membership
            fields = ["role", "valid_from"]

    fields = OrganisationForm().fields
    assert isinstance(fields["name"], ui.CharField)
    assert isinstance(fields["notification_address"], ui.EmailField)
    assert OrganisationForm({}).errors["name"] == ["名称を入力してください。"]
    fields = MembershipForm().fields
    assert isinstance(fields["valid_from"], ui.DateField)
    assert isinstance(fields["role"].widget, forms.RadioSelect)
    assert [value for value, _ in fields["role"].choices] == Role.values


def test_a_filter_never_refuses() -> None:
    class Filter(ui.PortalFilterForm):
        q = ui.CharField(label="市町村名")
        size = ui.IntegerField(label="人口")

    bound = Filter({"q": " 仙台 ", "size": "たくさん"})
    assert (bound.value("q"), bound.value("size")) == ("仙台", None)
    assert Filter().value("q") is None
    assert "必須" not in str(bound)


def list_context(url: str) -> Context:
    page = Paginator(list(range(20)), 12).page(1)
    return Context({"request": RequestFactory().get(url), "page": page})


def test_pager_keeps_the_query_and_says_how_many_follow() -> None:
    html = Template('{% load ui %}{% count_line page "団体" "名称順" %}{% pager page "団体" %}').render(
        list_context("/list/?q=%E5%B8%82&page=1")
    )
    assert "次の8団体" in html
    assert 'href="?q=%E5%B8%82&amp;page=2"' in html
    assert "<strong>20団体</strong>のうち1～12団体目を表示（名称順）" in html


def test_sorting_turns_round_and_says_so() -> None:
    tag = '{% load ui %}{% sort_th "人口（人）" "population" num=True default="-population" %}'
    fresh = Template(tag).render(list_context("/list/?page=3"))
    assert 'aria-sort="descending"' in fresh
    assert 'href="?sort=population"' in fresh
    other = Template(tag).render(list_context("/list/?sort=name"))
    assert "aria-sort" not in other
