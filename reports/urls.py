"""Addresses of the reports app: home, reports of a region, their versions."""

from django.urls import path, register_converter

from reports.choices import ReportKind
from reports.views import about, home, reports


class KindConverter:
    """A kind of report in an address; anything else does not exist."""

    regex = "|".join(ReportKind.values)

    def to_python(self, value: str) -> ReportKind:
        """From the address."""
        return ReportKind(value)

    def to_url(self, value: str) -> str:
        """Into the address."""
        return str(ReportKind(value))


register_converter(KindConverter, "report_kind")

REGION = "programs/<slug:slug>/regions/<str:code>/reports/"

urlpatterns = [
    path("", home.home, name="home"),
    path("tasks/", home.task_list, name="task_list"),
    path("help/", about.help_page, name="help"),
    path("accessibility/", about.accessibility, name="accessibility"),
    path("credits/", about.credits, name="credits"),
    path("reports/", reports.report_list, name="report_list"),
    path(REGION, reports.region_reports, name="region_reports"),
    path(f"{REGION}<report_kind:kind>/", reports.report_detail, name="report_detail"),
    path(f"{REGION}<report_kind:kind>/render/", reports.report_render, name="report_render"),
    path(f"{REGION}<report_kind:kind>/<int:number>.pdf", reports.version_pdf, name="version_pdf"),
]
