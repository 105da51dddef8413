"""JOB-06: without a broker, two `run_jobs` do each job once, and a killed one is made up for."""

import pytest

from portal.models import Job
from tests.portal.storms import until

pytestmark = pytest.mark.storm


class Watch:
    """Everything a page that asks again would have seen of a job."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.seen: list[tuple[int, int, str]] = []

    def look(self) -> tuple[int, int, str]:
        """Note attempt, progress and state."""
        row = Job.objects.values_list("token", "progress_done", "state").get(pk=self.job.pk)
        if not self.seen or self.seen[-1] != row:
            self.seen.append(row)
        return row

    def ended(self) -> bool:
        """Whether the last look saw the end."""
        return self.look()[2] in ("succeeded", "failed", "cancelled")


@pytest.mark.parametrize("storm", ["any"], indirect=True)
def test_two_runners_do_a_job_once_and_a_killed_one_is_made_up_for(storm):
    job = storm.ask("work", steps=10, pause=0.6)
    watch = Watch(job)
    first = storm.runner(workers=1)
    until(lambda: watch.look()[1] >= 2, 30, "the first runner is well into it")
    second = storm.runner(workers=1)
    until(lambda: watch.look()[1] >= 3, 10, "the second one leaves it alone")
    assert storm.starts(job) == 1
    first.kill()
    storm.runner(workers=1)  # the first server was started again
    until(watch.ended, 60, "somebody else has finished it")
    storm.all_succeed([job], 1)
    assert storm.starts(job) == 2
    # An attempt begins with the last one's number, says its own first word, and only grows from there.
    assert [token for token, _done, _state in watch.seen] == sorted(token for token, _d, _s in watch.seen)
    for token in (1, 2):
        steps = [done for number, done, _state in watch.seen if number == token]
        assert steps[1:] == sorted(steps[1:])
    # Done is said once, at the end, and stays.
    assert [state for _t, _d, state in watch.seen].count("succeeded") == 1
    assert watch.seen[-1][2] == "succeeded"
    assert second.process.poll() is None
