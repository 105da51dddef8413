"""How a piece of background work may end other than well."""


class JobFailed(Exception):
    """An expected failure: its sentence is shown to the user and the job is not tried again."""


class LostLease(Exception):
    """The job now belongs to another runner or was cancelled: stop, nothing you do counts any more."""


class RunnerStopping(BaseException):
    """The runner was asked to end and the time to finish the job is over: the job is put back."""


class TimeIsUp(BaseException):
    """The job has run longer than any job may."""
