"""From bytes to a YAML tree: small, plain, without anything that could run, explode or be misread."""

from __future__ import annotations

import codecs
from collections import Counter
from pathlib import Path

import yaml

from programs.calls.importing.faults import FileRefused, refuse

MAX_BYTES = 1_000_000
MAX_DEPTH = 12
WHOLE = "ファイル全体"
#: libyaml where it is built in, else the same loader in Python. Only events and nodes are read:
#: no constructor runs, so no tag can make an object.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_UTF8_REMEDY = "文字コードをUTF-8にして保存し直してください。"


def read_bytes(path: Path) -> bytes:
    """The content of a file; FileRefused when it cannot be read, is empty or too large."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise refuse(WHOLE, "ファイルがありません。", "ファイルの場所と名前を確かめてください。") from None
    except OSError as error:
        raise refuse(
            WHOLE,
            f"ファイルを読めません（{error.strerror}）。",
            "ファイルの種類と、読取りの権限を確かめてください。",
        ) from None
    if len(content) > MAX_BYTES:
        raise refuse(
            WHOLE, f"ファイルが{MAX_BYTES:,}バイトを超えています。", "1つの都道府県の分だけにしてください。"
        )
    return content


def compose(content: bytes) -> yaml.Node:
    """The tree of the one document in the file; FileRefused for anything but plain YAML in UTF-8."""
    text = _decode(content)
    if not text.strip():
        raise refuse(WHOLE, "ファイルが空です。", "「application:」で始まる内容を書いてください。")
    try:
        _refuse_tricks(text)
        node = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise _unreadable(error, text) from None
    if node is None:
        raise refuse(WHOLE, "内容がありません。", "「application:」で始まる内容を書いてください。")
    return node


def _decode(content: bytes) -> str:
    if content.startswith(_BOMS):
        raise refuse(WHOLE, "文字コードがUTF-16です。", _UTF8_REMEDY)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        guess = "シフトJIS（CP932）のようです" if _is_cp932(content) else "UTF-8ではありません"
        raise refuse(WHOLE, f"文字コードが{guess}。", _UTF8_REMEDY, line) from None


def _is_cp932(content: bytes) -> bool:
    try:
        content.decode("cp932")
    except UnicodeDecodeError:
        return False
    return True


def _refuse_tricks(text: str) -> None:
    """Refuse aliases, tags, deep nesting and second documents before a tree is built (no recursion here)."""
    depth = documents = 0
    for event in yaml.parse(text, Loader=_Loader):
        line = event.start_mark.line + 1 if event.start_mark else None
        if isinstance(event, yaml.AliasEvent):
            raise refuse(
                f"*{event.anchor}", "別名（*）は使えません。", "同じ内容でも、そのまま書いてください。", line
            )
        tag = getattr(event, "tag", None)
        if tag is not None:
            raise refuse(tag, "型の指定（!）は使えません。", "指定を消してください。", line)
        documents += isinstance(event, yaml.DocumentStartEvent)
        if documents > 1:
            raise refuse(
                WHOLE,
                "「---」で区切られた内容が2つ以上あります。",
                "1つのファイルに1つだけにしてください。",
                line,
            )
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise refuse(
                WHOLE, f"入れ子が{MAX_DEPTH}段を超えています。", "様式のとおりに書いてください。", line
            )


def _unreadable(error: yaml.YAMLError, text: str) -> FileRefused:
    """A refusal that names the line where the reader stopped, and tabs when they are the reason."""
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        position = getattr(error, "position", 0)
        return refuse(
            WHOLE,
            "YAMLに書けない制御文字があります。",
            "見えない文字を消してください。",
            text[:position].count("\n") + 1,
        )
    lines = text.splitlines()
    place = f"{mark.column + 1}文字目"
    around = lines[max(mark.line - 1, 0) : mark.line + 1]
    if any("\t" in line[: len(line) - len(line.lstrip())] for line in around):
        return refuse(
            place, "字下げにタブが使われています。", "半角の空白に置き換えてください。", mark.line + 1
        )
    return refuse(
        place,
        "YAMLとして読めません。",
        "字下げ、「: 」の後の空白、引用符の閉じ忘れを確かめてください。",
        mark.line + 1,
    )


def duplicates(node: yaml.MappingNode) -> list[str]:
    """Keys that stand more than once in a mapping; YAML readers keep the last one in silence."""
    keys = Counter(str(key.value) for key, _ in node.value)
    return [key for key, count in keys.items() if count > 1]
