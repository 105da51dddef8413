"""Database habits that both databases share."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def snapshot() -> Iterator[None]:
    """Everything read inside stems from one moment.

    PostgreSQL needs REPEATABLE READ for that; an SQLite transaction has it by
    itself. Inside a running transaction the level can no longer be chosen, and
    the caller's transaction decides.
    """
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield
