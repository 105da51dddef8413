"""Why a file is not taken, in words: what is wrong with it, and what to do."""

#: Beginnings of common files that are not taken, so that they are not mistaken for text.
NOT_TAKEN = (
    b"MZ\x90", b"\x7fELF", b"GIF8", b"Rar!\x1a", b"7z\xbc\xaf", b"\x1f\x8b", b"PK\x05\x06", b"{\\rtf",
    b"II*\x00", b"MM\x00*", b"\xca\xfe\xba\xbe",
)  # fmt: skip


_AGAIN = "元のアプリで開き、保存し直してから選んでください。"

#: Rule → what is wrong (after the file's name), and the usual remedy.
WORDS: dict[str, tuple[str, str]] = {
    "kind": ("は、添付できない種類のファイルです。", "別の形式で保存し直してください。"),
    "empty": ("は、中身がありません（0バイト）。", "ファイルを選び直してください。"),
    "size": ("は、大きすぎます（20MBまで）。", "不要なページや画像を削除するか、分けて添付してください。"),
    "wrong_ending": ("は、中身と名前の終わりが合いません。", _AGAIN),
    "old_format": (
        "は、古い形式のファイルです。",
        "「.xlsx」「.docx」「.pptx」のどれかで保存し直してください。",
    ),
    "encrypted": (
        "は、パスワードや操作の制限で保護されています。",
        "保護を外して保存し直してから選んでください。",
    ),
    "macros": ("には、マクロが含まれています。", "マクロを含まない形式で保存し直してください。"),
    "embedded": (
        "には、埋め込まれたファイルや部品が含まれています。",
        "埋め込みを削除し、必要なファイルは別に添付してください。",
    ),
    "active": (
        "には、開いたときに動く命令が含まれています。",
        "印刷の画面から「PDFとして保存」で作り直してください。",
    ),
    "links": (
        "には、ほかのファイルから内容を読み込むリンクが含まれています。",
        "リンクを解除するか、値に置き換えてから保存し直してください。",
    ),
    "bomb": ("は、広げた中身が大きすぎるか、部品が多すぎます。", "内容を分けて、保存し直してください。"),
    "broken": ("は、壊れているか途中で切れているため、開けません。", _AGAIN),
    "not_office": (
        "は、ExcelでもWordでもPowerPointでもない圧縮ファイルです。",
        "中のファイルを別々に添付してください。",
    ),
    "polyglot": ("には、別の種類のファイルが隠れています。", _AGAIN),
    "picture_size": ("は、画像の縦横が大きすぎます（5,000万画素まで）。", "縮小して保存し直してください。"),
    "time": ("は、複雑すぎるため確認できません。", "内容を分けて、保存し直してください。"),
    "not_text": (
        "は、文字として読み取れません。",
        "UTF-8又はシフトJISの、文字だけのファイルで保存し直してください。",
    ),
    "page": ("は、Webページです。", "「PDFとして保存」で作り直してから選んでください。"),
}

_LABELS = {
    "pdf": "PDF",
    "xlsx": "Excelブック",
    "docx": "Word文書",
    "pptx": "PowerPoint",
    "txt": "文字だけのファイル",
    "png": "PNG画像",
    "jpg": "JPEG画像",
}
#: What a file of this content must be called.
SAVE_AS = {
    code: f"中身は{label}です。名前の終わりを「.{code}」にするか、正しい形式で保存し直してください。"
    for code, label in _LABELS.items()
}


class Refused(Exception):
    """A rule that a file breaks; the remedy only where the usual one does not fit."""

    def __init__(self, rule: str, remedy: str = "") -> None:
        super().__init__(rule)
        self.rule = rule
        self.remedy = remedy
