"""Log lines: one event, one line, with the request or job it belongs to; nothing in it forges another."""

from __future__ import annotations

import logging

from portal.escaping import escaped
from portal.origin import current


class LineFormatter(logging.Formatter):
    """Time, level, logger, request or job, message; of a stack trace each line is set in."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, and under it the trace if there is one."""
        origin = current()
        where = origin.request_id or (f"job:{origin.job_id}" if origin.job_id else "-")
        head = f"{self.formatTime(record)} {record.levelname} {record.name} {where}"
        lines = [f"{head} {escaped(record.getMessage())}"]
        if record.exc_info:
            lines += self.formatException(record.exc_info).splitlines()
        if record.stack_info:
            lines += self.formatStack(record.stack_info).splitlines()
        return "\n    ".join([lines[0], *map(escaped, lines[1:])])
