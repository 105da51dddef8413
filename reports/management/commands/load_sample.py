"""manage.py load_sample."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reports.demo.accounts import PASSWORD, accounts
from reports.sample.loader import SampleRefused, load_sample


class Command(BaseCommand):
    """Loads the bundled sample."""

    help = "見本データ（値は架空）を読み込みます。すでにある年度は変更しません。"

    def add_arguments(self, parser: CommandParser) -> None:
        """Arguments of the command."""
        parser.add_argument("--password", default=PASSWORD, help="見本の利用者に共通のパスワード")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Load, then say what is there and whom to sign in as."""
        try:
            loaded = load_sample(password=options["password"])
        except SampleRefused as error:
            raise CommandError(str(error)) from error
        if not options["verbosity"]:
            return
        for row in loaded:
            done = "登録しました" if row.made else "登録済みです（変更していません）"
            self.stdout.write(f"見本データ {row.slug}：支援地域{row.regions}、連携団体{row.partners} {done}")
        for email, name, department in accounts():
            self.stdout.write(f"  {email:<26} {name} {department}")
