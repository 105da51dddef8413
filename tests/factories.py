"""Small, honest rows for tests: each factory makes one thing and what it cannot be without."""

import datetime as dt

import factory
from factory.django import DjangoModelFactory

from assessments.choices import ChartKind, RoundStage
from assessments.models import (
    Answer,
    Assessment,
    Framework,
    FrameworkLevel,
    Principle,
    ProgressReport,
    Question,
    Round,
    RoundTarget,
)
from municipalities.choices import MunicipalityKind
from municipalities.codes import check_digit
from municipalities.models import Municipality, Prefecture
from portal import clock
from portal.choices import DUTIES_OF_ROLE, ROLE_OF_KIND, OrganisationKind
from portal.models import Membership, Organisation, User
from programs.core.choices import RegionStatus
from programs.models import (
    Consortium,
    ConsortiumMember,
    Partnership,
    Posting,
    Program,
    Region,
    Resident,
    SupportPlan,
    Vendor,
)
from reports.choices import ReportKind
from reports.models import Report

PASSWORD = "correct horse battery staple"


class OrganisationFactory(DjangoModelFactory):
    """An organisation; a secretariat unless told otherwise."""

    class Meta:
        model = Organisation

    kind = OrganisationKind.SECRETARIAT
    name = factory.Sequence(lambda n: f"団体{n}")


class UserFactory(DjangoModelFactory):
    """A person with a plainly invented name."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"user{n}@example.jp")
    name = factory.Sequence(lambda n: f"試験 {n}郎")
    password = factory.django.Password(PASSWORD)


class MembershipFactory(DjangoModelFactory):
    """A person acting for an organisation, with the role its kind allows."""

    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    role = factory.LazyAttribute(lambda m: ROLE_OF_KIND[m.organisation.kind])
    duty = factory.LazyAttribute(lambda m: DUTIES_OF_ROLE[m.role][0])
    valid_from = dt.date(2020, 4, 1)


class PrefectureFactory(DjangoModelFactory):
    """A prefecture with its organisation."""

    class Meta:
        model = Prefecture

    code = factory.Sequence(lambda n: f"{n % 99 + 1:02d}")
    lg_code = factory.LazyAttribute(lambda p: f"{p.code}000" + check_digit(f"{p.code}000"))
    name = factory.Sequence(lambda n: f"試験{n}県")
    kana = factory.Sequence(lambda n: f"しけん{n}けん")
    name_en = "Test"
    capital = "試験市"
    population = 1_000_000
    population_as_of = dt.date(2025, 1, 1)
    area_km2 = 1000
    organisation = factory.LazyAttribute(
        lambda p: OrganisationFactory(kind=OrganisationKind.PREFECTURE, name=p.name)
    )


class MunicipalityFactory(DjangoModelFactory):
    """A town with its organisation under its prefecture's."""

    class Meta:
        model = Municipality
        exclude = ["five"]

    prefecture = factory.SubFactory(PrefectureFactory)
    five = factory.Sequence(lambda n: f"{n % 699 + 101:03d}")
    code = factory.LazyAttribute(
        lambda m: f"{m.prefecture.code}{m.five}" + check_digit(f"{m.prefecture.code}{m.five}")
    )
    name = factory.Sequence(lambda n: f"試験{n}町")
    kana = factory.Sequence(lambda n: f"しけん{n}ちょう")
    kind = MunicipalityKind.TOWN
    population = 10_000
    population_as_of = dt.date(2025, 1, 1)
    area_km2 = 50
    organisation = factory.LazyAttribute(
        lambda m: OrganisationFactory(
            kind=OrganisationKind.MUNICIPALITY, name=m.name, parent=m.prefecture.organisation
        )
    )


class ProgramFactory(DjangoModelFactory):
    """The program year FY2025."""

    class Meta:
        model = Program

    slug = factory.Sequence(lambda n: f"p{n}")
    name = factory.Sequence(lambda n: f"試験事業{n}")
    fiscal_year = 2025
    starts_on = dt.date(2025, 4, 1)
    ends_on = dt.date(2026, 3, 31)
    support_from = dt.date(2025, 6, 2)
    support_to = dt.date(2026, 3, 13)


class RegionFactory(DjangoModelFactory):
    """An adopted region."""

    class Meta:
        model = Region

    program = factory.SubFactory(ProgramFactory)
    prefecture = factory.SubFactory(PrefectureFactory)
    status = RegionStatus.ADOPTED


class PartnershipFactory(DjangoModelFactory):
    """A town of the region's prefecture as partner."""

    class Meta:
        model = Partnership

    region = factory.SubFactory(RegionFactory)
    organisation = factory.LazyAttribute(
        lambda p: MunicipalityFactory(prefecture=p.region.prefecture).organisation
    )


class SupportPlanFactory(DjangoModelFactory):
    """A plan with two days a week on site."""

    class Meta:
        model = SupportPlan

    partnership = factory.SubFactory(PartnershipFactory)
    field = "防災"
    onsite_days = 2


class VendorFactory(DjangoModelFactory):
    """A vendor with its organisation."""

    class Meta:
        model = Vendor

    organisation = factory.SubFactory(
        OrganisationFactory,
        kind=OrganisationKind.VENDOR,
        name=factory.Sequence(lambda n: f"試験{n}株式会社"),
    )


class ConsortiumFactory(DjangoModelFactory):
    """A contract over the support period."""

    class Meta:
        model = Consortium

    region = factory.SubFactory(RegionFactory)
    contract_from = dt.date(2025, 6, 2)
    contract_to = dt.date(2026, 3, 13)


class ConsortiumMemberFactory(DjangoModelFactory):
    """The lead of a consortium."""

    class Meta:
        model = ConsortiumMember

    consortium = factory.SubFactory(ConsortiumFactory)
    vendor = factory.SubFactory(VendorFactory)
    is_lead = True


class ResidentFactory(DjangoModelFactory):
    """A stationed expert."""

    class Meta:
        model = Resident

    vendor = factory.SubFactory(VendorFactory)
    name = factory.Sequence(lambda n: f"常駐 {n}郎")


class PostingFactory(DjangoModelFactory):
    """A posting at the prefecture over the support period, without half-days yet."""

    class Meta:
        model = Posting

    region = factory.SubFactory(RegionFactory)
    resident = factory.SubFactory(ResidentFactory)
    host = factory.LazyAttribute(lambda p: p.region.prefecture.organisation)
    starts_on = dt.date(2025, 6, 2)
    ends_on = dt.date(2026, 3, 13)


class FrameworkFactory(DjangoModelFactory):
    """A checklist with five levels."""

    class Meta:
        model = Framework
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"framework{n}")
    version = "2025"
    name = factory.Sequence(lambda n: f"試験点検票{n}")
    kind_label = "マインドセット"
    chart = ChartKind.RADAR
    source = "試験"

    @factory.post_generation
    def levels(self, create, _extracted, **_kwargs):
        """Levels 0 to 4."""
        labels = ["未着手", "検討・準備中", "一部実施・試行", "実施", "定着・改善"]
        for level, label in enumerate(labels):
            FrameworkLevel.objects.create(framework=self, level=level, label=label, rubric=f"{label}の目安")


class PrincipleFactory(DjangoModelFactory):
    """A principle of a framework."""

    class Meta:
        model = Principle

    framework = factory.SubFactory(FrameworkFactory)
    position = factory.Sequence(lambda n: n + 1)
    number = factory.LazyAttribute(lambda p: str(p.position))
    code = factory.Sequence(lambda n: f"principle{n}")
    name = factory.Sequence(lambda n: f"条{n}")


class QuestionFactory(DjangoModelFactory):
    """A question asked of everyone."""

    class Meta:
        model = Question

    principle = factory.SubFactory(PrincipleFactory)
    position = factory.Sequence(lambda n: n + 1)
    code = factory.Sequence(lambda n: f"q{n}")
    text = factory.Sequence(lambda n: f"設問{n}に取り組んでいる")


class RoundFactory(DjangoModelFactory):
    """The mid-term round, open on the tests' day (2025-09-16)."""

    class Meta:
        model = Round

    program = factory.SubFactory(ProgramFactory)
    organisation = factory.LazyFunction(
        lambda: (
            Organisation.objects.filter(kind=OrganisationKind.SECRETARIAT).order_by("pk").first()
            or OrganisationFactory()
        )
    )
    title = factory.Sequence(lambda n: f"第{n}回")
    confirmed_at = dt.datetime(2025, 8, 1, tzinfo=dt.UTC)
    stage = RoundStage.MIDTERM
    opens_on = dt.date(2025, 9, 1)
    due_on = dt.date(2025, 9, 30)
    closes_on = dt.date(2025, 10, 10)


class RoundTargetFactory(DjangoModelFactory):
    """A town asked for everything."""

    class Meta:
        model = RoundTarget

    round = factory.SubFactory(RoundFactory)
    organisation = factory.LazyFunction(lambda: MunicipalityFactory().organisation)
    asks_progress = True
    asks_checklists = True


class ProgressReportFactory(DjangoModelFactory):
    """A draft."""

    class Meta:
        model = ProgressReport

    round = factory.SubFactory(RoundFactory)
    organisation = factory.LazyFunction(lambda: MunicipalityFactory().organisation)
    updated_at = factory.LazyFunction(clock.now)


class AssessmentFactory(DjangoModelFactory):
    """A draft self-assessment."""

    class Meta:
        model = Assessment

    round = factory.SubFactory(RoundFactory)
    organisation = factory.LazyFunction(lambda: MunicipalityFactory().organisation)
    framework = factory.SubFactory(FrameworkFactory)
    updated_at = factory.LazyFunction(clock.now)


class AnswerFactory(DjangoModelFactory):
    """A scored answer."""

    class Meta:
        model = Answer

    assessment = factory.SubFactory(AssessmentFactory)
    question = factory.SubFactory(QuestionFactory)
    level = 2


class ReportFactory(DjangoModelFactory):
    """A mid-term report."""

    class Meta:
        model = Report

    region = factory.SubFactory(RegionFactory)
    kind = ReportKind.MIDTERM
