"""Files that are not plain applications: each is refused with its place, and nothing is written."""

import time

import pytest
import yaml

from programs.calls.importing import tree
from programs.calls.importing.faults import FileRefused
from programs.calls.importing.form import read_form
from tests.programs.application_files import Plain, application


def good() -> dict:
    return application("甲県", ["青町"])


def as_yaml(content) -> bytes:
    return yaml.dump(content, Dumper=Plain, allow_unicode=True, sort_keys=False).encode()


def refusal(content: bytes) -> str:
    with pytest.raises(FileRefused) as refused:
        read_form(tree.compose(content))
    return str(refused.value)


def bomb() -> bytes:
    levels = ["a0: &a0 [x,x,x,x,x,x,x,x,x]"]
    levels += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    return "\n".join(levels).encode()


HOSTILE = {
    "empty": (b"", "ファイルが空です"),
    "blank": (b"\n \n# only a remark\n", "内容がありません"),
    "aliases": (bomb(), "別名（*）は使えません"),
    "merge": (b"application: &a {}\nother:\n  <<: *a\n", "別名（*）は使えません"),
    "python object": (b"application: !!python/object/apply:os.system ['true']\n", "型の指定（!）"),
    "own tag": (b"application: !secret x\n", "型の指定（!）"),
    "deep": (b"[" * 5000 + b"]" * 5000, "12段を超えています"),
    "two documents": (b"application: {}\n---\napplication: {}\n", "2つ以上あります"),
    "tab": (b"application:\n\tprefecture: x\n", "タブが使われています"),
    "open quote": (b'application: "x\n', "YAMLとして読めません"),
    "control": (b"application: a\x00b\n", "制御文字"),
    "cp932": ("application:\n  prefecture: 髙知県\n".encode("cp932"), "シフトJIS（CP932）"),
    "utf-16": ("application: x\n".encode("utf-16"), "UTF-16"),
    "rubbish": (b"application: \x81 \xff\n", "UTF-8ではありません"),
    "scalar": (b"just words\n", "項目の組を書くところに、文字列があります"),
    "list": (b"- application\n", "項目の組を書くところに、一覧があります"),
    "other root": (b"applications: {}\n", "「application」の誤りではないか"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_file_is_refused_quickly(name):
    content, sentence = HOSTILE[name]
    start = time.monotonic()
    assert sentence in refusal(content)
    assert time.monotonic() - start < 2


def test_large_file_is_refused_unread(tmp_path):
    path = tmp_path / "large.yaml"
    path.write_bytes(b"#" * (tree.MAX_BYTES + 1))
    with pytest.raises(FileRefused, match="バイトを超えています"):
        tree.read_bytes(path)


@pytest.mark.parametrize("name", ["missing.yaml", "."])
def test_unreadable_path_is_refused(tmp_path, name):
    with pytest.raises(FileRefused, match="ファイル"):
        tree.read_bytes(tmp_path / name)


def test_utf8_with_mark_and_crlf_is_read():
    content = b"\xef\xbb\xbf" + as_yaml(good()).replace(b"\n", b"\r\n")
    assert read_form(tree.compose(content)).prefecture == "甲県"


def test_duplicate_keys_are_refused():
    content = as_yaml(good()).replace(b"  prefecture:", b"  appendix: x\n  prefecture:")
    assert "項目「appendix」が2回以上あります" in refusal(content)


def change(path: str, value):
    """The good application with one thing changed (DROP removes it)."""
    content = good()
    spot = content["application"]
    *way, last = [int(p) if p.isdigit() else p for p in path.split(".")]
    for step in way:
        spot = spot[step]
    if value is DROP:
        del spot[last]
    else:
        spot[last] = value
    return as_yaml(content)


DROP = object()
WRONG = [
    ("roles.1.duties", "文", "application.roles[1].duties", "一覧を書くところに、文字列"),
    ("roles.1.duties", [], "application.roles[1].duties", "一覧が空です"),
    ("roles.0.duties.1", None, "application.roles[0].duties[1]", "空（null）にはできません"),
    ("challenges", None, "application.challenges", "空（null）にはできません"),
    ("challenges", DROP, "application.challenges", "項目がありません"),
    ("challenges.0.text", "  ", "application.challenges[0].text", "文字がありません"),
    ("challenges.0.text", 12, "application.challenges[0].text", "整数があります"),
    ("challenges.0.text", "x" * 20_001, "application.challenges[0].text", "20,000文字を超えています"),
    ("challenges.0.text", "a\x07b", "application.challenges[0].text", "制御文字"),
    ("challenges.0.txt", "x", "application.challenges[0].txt", "「text」の誤りではないか"),
    ("partner_municipalities", [], "application.partner_municipalities", "一覧が空です"),
    ("partner_municipalities", ["青町", "青町"], "application.partner_municipalities[1]", "2回以上"),
    ("previously_selected", "はい", "application.previously_selected", "true・false・null"),
    ("resident_requests.0.headcount_min", "1人", "application.resident_requests[0].headcount_min", "整数"),
    ("resident_requests.0.headcount_min", -1, "application.resident_requests[0].headcount_min", "0から999"),
    ("resident_requests.0.headcount_max", 0, "application.resident_requests[0].headcount_max", "下限（1）"),
    ("resident_requests.0.days_per_week_max", 7.5, "days_per_week_max", "0から7まで"),
    ("resident_requests.0.days_per_week_max", float("nan"), "days_per_week_max", "使えません"),
    ("contact", "DX課", "application.contact", "項目の組を書くところに、文字列"),
]


@pytest.mark.parametrize(("path", "value", "place", "sentence"), WRONG)
def test_broken_form_names_place_and_remedy(path, value, place, sentence):
    told = refusal(change(path, value))
    assert place in told
    assert sentence in told


def test_all_faults_are_told_at_once_with_lines():
    content = good()
    content["application"]["challenges"][0]["text"] = 1
    content["application"]["roles"] = "x"
    told = refusal(as_yaml(content)).splitlines()
    assert len(told) == 2
    assert all("行目）" in line for line in told)


@pytest.mark.parametrize("key", ["promotion_body_note", "contact", "appendix"])
def test_optional_keys_may_be_missing(key):
    assert read_form(tree.compose(change(key, DROP))).partner_municipalities == ["青町"]
