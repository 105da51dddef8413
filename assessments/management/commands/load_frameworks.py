"""manage.py load_frameworks."""

from typing import Any

from django.core.management.base import BaseCommand

from assessments.services.frameworks import load_frameworks


class Command(BaseCommand):
    """Loads the checklists bundled with the portal."""

    help = "点検票（条と設問）を、同梱のファイルから読み込みます。何度実行しても同じ結果になります。"

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Load and tell the counts."""
        loaded = load_frameworks()
        self.stdout.write(
            f"点検票：{loaded.frameworks}種類、条{loaded.principles}、設問{loaded.questions}"
            f"（登録{loaded.created}、更新{loaded.updated}）"
        )
