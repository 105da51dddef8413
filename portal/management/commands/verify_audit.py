"""manage.py verify_audit."""

import dataclasses
import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.audit.verify import verify


class Command(BaseCommand):
    """Walks the chain of the audit trail and names every entry that is not as it was written."""

    help = "操作記録の改ざん・欠け・差し込みがないかを、先頭から確かめます。異常があれば終了コードは1です。"

    def add_arguments(self, parser: CommandParser) -> None:
        """How far, and how to answer."""
        parser.add_argument("--json", action="store_true", dest="as_json", help="結果をJSONで出力します")
        parser.add_argument("--quick", action="store_true", help="最後の署名より後だけを確かめます")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Tell what was found; exit code 1 when the chain is not whole."""
        found = verify(quick=options["quick"])
        if options["as_json"]:
            said = dataclasses.asdict(found) | {"ok": found.ok}
            self.stdout.write(json.dumps(said, ensure_ascii=False, indent=2))
        else:
            for fault in found.faults:
                self.stderr.write(f"異常（{fault.kind}）番号{fault.seq}：{fault.sentence}")
            verdict = "異常はありません" if found.ok else f"異常が{len(found.faults)}件あります"
            self.stdout.write(
                f"{verdict}。{found.count}件（番号{found.first}から{found.last}まで）、署名{found.checkpoints}件、"
                f"末尾の印 {found.hash or '-'}"
            )
        if not found.ok:
            sys.exit(1)
