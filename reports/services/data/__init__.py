"""What a report says: plain data of one region at one time, the same for every asker.

`for_report` is the only way in. It reads submitted or accepted rows only and
returns nothing but text, numbers and lists, so that a Version can keep it as
it was and the PDF can be made again from it.
"""

import datetime as dt
from typing import Any

from programs.models import Region
from reports.services.data.progress import progress_data
from reports.services.data.scores import scores_data
from reports.services.data.setup import region_data, setup_data
from reports.services.data.staffing import staffing_data


def for_report(region: Region, as_of: dt.datetime) -> dict[str, Any]:
    """The data of all reports of a region as they stand now, stamped with `as_of`."""
    return {
        "as_of": as_of.isoformat(timespec="seconds"),
        "region": region_data(region),
        "setup": setup_data(region),
        "staffing": staffing_data(region),
        "progress": progress_data(region, as_of.date()),
        "scores": scores_data(region, as_of.date()),
    }


__all__ = ["for_report"]
