"""The demo: sample year, rendered reports, a running portal."""

import json
import os
import signal
import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from reports.demo import processes, rendering
from reports.demo.accounts import PASSWORD, accounts

#: The demo's today: the mid-term round of the sample is open on it.
TODAY = "2025-09-16"


class Command(BaseCommand):
    """Load the sample year, render its reports through the jobs, and serve the portal on loopback."""

    help = "Loads the sample, renders its reports and serves the portal (refused under production settings)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Arguments of the command."""
        parser.add_argument(
            "--no-serve", action="store_true", help="end after rendering; one JSON line per report"
        )
        parser.add_argument(
            "--port", type=int, default=int(os.environ.get("PORT", "8000")), help="port (default 8000)"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do the work, then serve until Ctrl-C unless told not to."""
        if not settings.SAMPLE_ALLOWED:
            raise CommandError("デモは、本番の設定では実行できません。")
        serve, port = not options["no_serve"], options["port"]
        if serve and not processes.port_is_free(port):
            raise CommandError(
                f"ポート{port}は、ほかのプログラムが使っています。"
                f"PORT={port + 1} make demo のように番号を変えてください。"
            )
        settings.PORTAL_TODAY = settings.PORTAL_TODAY or TODAY
        # Links in mails of the demo lead to the demo, whichever process sends them.
        settings.PORTAL_URL = settings.PORTAL_URL or f"http://localhost:{port}"
        os.environ["PORTAL_URL"] = settings.PORTAL_URL
        # However we are asked to end, what we started ends with us.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.default_int_handler)
        try:
            self._prepare()
            with processes.runner(settings.PORTAL_TODAY, quiet=True):
                wanted = self._render()
                if serve:
                    self._serve(port)
                else:
                    for one in wanted:
                        self.stdout.write(json.dumps(rendering.report_line(one), ensure_ascii=False))
        except rendering.RenderingFailed as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            self._say("\n終了しました。")

    def _say(self, text: str) -> None:
        """Progress goes to the error stream: standard output belongs to the JSON lines."""
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()

    def _prepare(self) -> None:
        self._say("データベースを準備しています。")
        call_command("prepare", verbosity=0)
        self._say("見本データを読み込んでいます。")
        call_command("load_sample", password=PASSWORD, verbosity=0, stdout=sys.stderr)

    def _render(self) -> list[rendering.Wanted]:
        wanted = rendering.wanted_reports()
        self._say(f"報告書（{len(wanted)}件）のPDFを作成しています。作成済みのものは、そのまま使います。")
        rendering.render_missing(wanted, self._say)
        return wanted

    def _serve(self, port: int) -> None:
        connection.close()
        with processes.web(port, settings.PORTAL_TODAY) as server:
            self._say(f"\nポータル： http://127.0.0.1:{port}/ （http://localhost:{port}/ も使えます）")
            self._say(f"パスワード（全員共通）： {PASSWORD}\n")
            for email, name, department in accounts():
                self._say(f"  {email:<26} {name} {department}")
            self._say("\n終了するときは、Ctrl-C を押してください。")
            code = server.wait()
        raise CommandError(f"ウェブサーバーが終了しました（終了コード {code}）。")
