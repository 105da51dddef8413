"""manage.py load_issue_scales."""

from typing import Any

from django.core.management.base import BaseCommand

from assessments.services.issue_scales import load_issue_scales


class Command(BaseCommand):
    """Loads how local issues are rated, as bundled with the portal."""

    help = "地域課題の評価の目安とSTEPを、同梱のファイルから読み込みます。何度実行しても同じ結果になります。"

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Load and tell the counts."""
        loaded = load_issue_scales()
        self.stdout.write(
            f"地域課題の評価の目安：{loaded.scales}版、STEP{loaded.steps}段階"
            f"（登録{loaded.created}、更新{loaded.updated}）"
        )
