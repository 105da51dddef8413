"""Runs background jobs where there is no Celery; any number of these may run at once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.choices import JobQueue
from portal.jobs.supervisor import Supervisor
from portal.jobs.worker import Orders


class Command(BaseCommand):
    """Run background jobs in processes of their own until asked to end (SIGTERM, Ctrl-C)."""

    help = "Runs background jobs. Ends on SIGTERM or Ctrl-C: a running job is finished or put back."

    def add_arguments(self, parser: CommandParser) -> None:
        """Arguments of the command."""
        parser.add_argument("--workers", type=int, default=2, help="number of processes (default 2)")
        parser.add_argument(
            "--queues",
            default=",".join(JobQueue.values),
            help="queues to take from, comma-separated, the first one first (default: %(default)s)",
        )
        parser.add_argument("--once", action="store_true", help="every process looks once and ends")
        parser.add_argument("--until-idle", action="store_true", help="end when no job is left")
        parser.add_argument(
            "--grace", type=float, default=20, help="seconds a running job has after SIGTERM (default 20)"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Start the processes and stay until they are done."""
        queues = tuple(name for name in options["queues"].split(",") if name)
        unknown = sorted(set(queues) - set(JobQueue.values))
        if unknown or not queues or options["workers"] < 1:
            raise CommandError(f"Queues are {', '.join(JobQueue.values)}; at least one process is needed.")
        orders = Orders(
            queues=queues,
            until_idle=options["until_idle"],
            once=options["once"],
            grace=options["grace"],
            report=self._line,
        )
        Supervisor(orders, options["workers"]).run()

    def _line(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
