"""manage.py load_master."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from municipalities.bundled import DATA, MasterRefused
from municipalities.services import load_master


class Command(BaseCommand):
    """Loads prefectures, municipalities and the official DX indicators bundled with the portal."""

    help = "都道府県・市区町村・DX指標を、同梱のファイルから読み込みます。何度実行しても同じ結果になります。"

    def add_arguments(self, parser: CommandParser) -> None:
        """Arguments of the command."""
        parser.add_argument(
            "--folder", type=Path, default=DATA, help="読み込むフォルダー（既定は同梱のデータ）"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Load and tell the counts; faulty files change nothing."""
        try:
            loaded = load_master(folder=options["folder"])
        except FileNotFoundError as error:
            raise CommandError(f"ファイルがありません：{error.filename}") from error
        except MasterRefused as error:
            raise CommandError(f"データに誤りがあるため、何も変更していません。\n{error}") from error
        for row in loaded:
            self.stdout.write(f"{row.label}：{row.total:,}件（登録{row.created:,}、更新{row.updated:,}）")
