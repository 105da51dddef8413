"""The job that has a stored file scanned; the rules stand in `scanning`."""

from portal.files.scanning import SCAN, found_in, keep_verdict
from portal.jobs import JobContext, Outcome, register
from portal.models import StoredFile


def scan(context: JobContext) -> Outcome:
    """Send the bytes to clamd and keep what it says."""
    stored = StoredFile.objects.get(pk=context.params["file"])
    with stored.file.open("rb") as file:
        virus = found_in(file)
    file_id = str(stored.pk)
    return Outcome(apply=lambda job: keep_verdict(file_id=file_id, virus=virus, job=job))


def register_jobs() -> None:
    """Make the kind known to web and runners."""
    register(SCAN, run=scan, label="ファイルのウイルス検査")
