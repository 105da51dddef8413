"""manage.py purge_audit."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.audit.retention import overdue, purge
from portal.errors import PortalError
from portal.ui.dates import jdatetime


class Command(BaseCommand):
    """Deletes entries whose time is over; a signed checkpoint takes their place."""

    help = "保存期間（AUDIT_RETENTION_YEARS、既定は3年）を過ぎた操作記録を削除し、署名を残します。"

    def add_arguments(self, parser: CommandParser) -> None:
        """Whether to delete."""
        parser.add_argument("--dry-run", action="store_true", help="件数を調べるだけで、何も削除しません")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Purge, or say what would be purged."""
        try:
            found = overdue() if options["dry_run"] else purge()
        except PortalError as error:
            raise CommandError(error.sentence) from None
        before = jdatetime(found.before)
        if not found.count:
            self.stdout.write(f"{before}より前の操作記録は、ありません。")
            return
        what = f"{before}より前の操作記録{found.count}件（番号{found.last}まで）"
        self.stdout.write(f"{what}が、削除の対象です。" if options["dry_run"] else f"{what}を削除しました。")
