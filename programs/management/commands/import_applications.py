"""Take in applications (希望する伴走支援) from YAML files."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.errors import PortalError
from programs.calls.importing.faults import FileRefused
from programs.calls.services import LISTS, Imported, find_program, import_application


class Command(BaseCommand):
    """Loads each good file whole, refuses each bad one whole, and fails when one was refused.

    With --json standard output holds one list with an object per file taken
    in; refused files are told on standard error only, with place, rule and remedy.
    """

    help = "希望する伴走支援（YAML）を取り込み、支援地域（候補）・連携市町村・記載を登録します。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Files, program, and how to answer."""
        parser.add_argument("files", nargs="+", metavar="FILE.yaml", help="取り込むファイル")
        parser.add_argument("--program", required=True, metavar="SLUG", help="事業の識別名（例：r7）")
        parser.add_argument("--dry-run", action="store_true", help="確かめるだけで、何も書き込みません")
        parser.add_argument("--json", action="store_true", dest="as_json", help="結果をJSONで出力します")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print what came of each file; CommandError (exit code 1) when one was refused."""
        try:
            program = find_program(options["program"])
        except PortalError as error:
            raise CommandError(error.sentence) from None
        done: list[Imported] = []
        refused = 0
        seen: set[str] = set()
        for name in dict.fromkeys(options["files"]):
            try:
                result = import_application(
                    path=Path(name), program=program, dry_run=options["dry_run"], seen=seen
                )
            except FileRefused as refusal:
                refused += 1
                for fault in refusal.faults:
                    self.stderr.write(f"{name}：{fault}")
                continue
            done.append(result)
            if not options["as_json"]:
                self._tell(result, options["dry_run"])
        if options["as_json"]:
            self.stdout.write(
                json.dumps([self._object(result) for result in done], ensure_ascii=False, indent=2)
            )
        if refused:
            raise CommandError(
                f"{refused}件のファイルは取り込みませんでした（取り込んだファイル：{len(done)}件）。"
            )

    @staticmethod
    def _object(result: Imported) -> dict[str, Any]:
        return {
            "file": result.file,
            "prefecture": result.read.prefecture,
            "created": result.created,
            **result.counts(),
        }

    def _tell(self, result: Imported, dry_run: bool) -> None:
        verb = "できます" if dry_run else "しました"
        region = f"{result.read.prefecture}（{result.region_status}）"
        outcome = f"{region}を登録{verb}" if result.created else f"{region}を更新{verb}"
        if not result.changed:
            outcome = f"{region}に変更はありません"
        counts = "、".join(f"{LISTS[key]}{count}件" for key, count in result.counts().items())
        self.stdout.write(f"{result.file}：{outcome}。{counts}")
        if result.unlinked:
            self.stdout.write(f"  団体と結び付けず、記載のまま残した名称：{'、'.join(result.unlinked)}")
