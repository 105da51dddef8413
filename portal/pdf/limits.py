"""What one document may cost; the same numbers for every report (tests give smaller ones)."""

from dataclasses import asdict, dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """The limits of one render, enforced by the kernel, the server and the child."""

    memory_bytes: int = 1536 * MEGABYTE
    cpu_seconds: int = 200
    #: Must stay under Celery's soft limit (270 s), so that the job hears the sentence.
    wall_seconds: float = 240
    file_bytes: int = 100 * MEGABYTE
    open_files: int = 256
    pages: int = 500
    niceness: int = 10

    def as_dict(self) -> dict[str, float]:
        return asdict(self)


LIMITS = Limits()
