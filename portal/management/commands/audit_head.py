"""manage.py audit_head."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.audit.checkpoints import head_line, sign_head


class Command(BaseCommand):
    """Prints how the audit trail ends now, to be kept where nobody who can change it has access."""

    help = "操作記録の末尾の番号と印を1行で出力します。印刷またはメールで、別の場所に保管してください。"

    def add_arguments(self, parser: CommandParser) -> None:
        """Whether to sign as well."""
        parser.add_argument("--sign", action="store_true", help="末尾に署名し、データベースにも残します")

    def handle(self, *_args: Any, **options: Any) -> None:
        """One line."""
        if options["sign"]:
            sign_head()
        self.stdout.write(head_line())
