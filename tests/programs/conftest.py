"""What tests of the programs app share."""

import csv
from pathlib import Path

import pytest

from portal.choices import OrganisationKind
from portal.models import Organisation
from tests import factories as f


@pytest.fixture
def load_real_places(db, source_data: Path) -> None:
    """The real prefectures that have an application, with all their municipalities."""
    named = {
        path.read_text("utf-8").split("prefecture: ")[1].split("\n")[0] for path in _applications(source_data)
    }
    with (source_data / "municipalities.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["prefecture"] in named]
    prefectures: dict[str, object] = {}
    for row in rows:
        name = row["prefecture"]
        if name not in prefectures:
            prefectures[name] = f.PrefectureFactory(code=row["prefecture_code"], name=name)
        parent = prefectures[name].organisation
        organisation = Organisation.objects.create(
            kind=OrganisationKind.MUNICIPALITY, name=row["name"], parent=parent
        )
        f.MunicipalityFactory(
            prefecture=prefectures[name], code=row["code"], name=row["name"], organisation=organisation
        )


def _applications(source_data: Path) -> list[Path]:
    return sorted((source_data / "applications").glob("*.yaml"))
