"""Why a PDF could not be made, in the user's words."""

import signal

from portal.jobs.errors import JobFailed
from portal.pdf.limits import Limits

SENTENCES = {
    "cpu": "PDFの作成に時間がかかりすぎたため、中止しました。"
    "表の行や文章の量を減らして、もう一度作成してください。",
    "wall": "PDFの作成が制限時間を超えたため、中止しました。しばらくしてから、もう一度作成してください。",
    "memory": "PDFが大きくなりすぎたため、作成を中止しました。"
    "表や図の数を減らして、もう一度作成してください。",
    "size": "PDFのファイルが大きくなりすぎたため、作成を中止しました。"
    "内容を分けて、もう一度作成してください。",
    "recursion": "文書の入れ子が深すぎるため、PDFを作成できませんでした。"
    "内容を簡単にして、もう一度作成してください。",
    "pages": "PDFのページ数が上限（{pages}ページ）を超えました。内容を分けて、もう一度作成してください。",
    "blocked": "PDFに使うことのできないファイルやリンク先が含まれているため、作成を中止しました。"
    "文書の中のファイルの指定を外して、もう一度作成してください。",
    "fonts": "PDFに使う日本語の文字（Noto Sans CJK JP）がサーバーに入っていません。"
    "システム管理者に連絡してください。",
    "stopped": "PDFの作成が途中で止まりました。もう一度作成してください。",
}

#: How the child ended when it could not speak for itself. Pango aborts when it gets no memory.
SIGNALS = {
    signal.SIGXCPU: "cpu",
    signal.SIGXFSZ: "size",
    signal.SIGABRT: "memory",
    signal.SIGTRAP: "memory",
    signal.SIGSEGV: "memory",
}


class RenderFailed(JobFailed):
    """A PDF that cannot be made as asked; the sentence tells the user what to do."""

    def __init__(self, reason: str, limits: Limits) -> None:
        self.reason = reason
        super().__init__(SENTENCES[reason].format(pages=limits.pages))


class RenderCrashed(RuntimeError):
    """WeasyPrint or the template broke in a way nobody foresaw; carries the child's traceback."""
