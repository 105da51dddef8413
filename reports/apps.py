"""The reports app."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """報告書."""

    name = "reports"
    verbose_name = "報告書"

    def ready(self) -> None:
        """Make job kinds, menu items and tabs known."""
        from portal.permissions import Action
        from portal.registry import MenuItem, Tab, menu, region_tabs
        from reports import tasks

        tasks.register()
        menu.add(MenuItem("ホーム", "home", "home", order=0, action=Action.VIEW_HOME))
        menu.add(MenuItem("報告書", "report_list", "file", order=50, action=Action.VIEW_REPORT))
        region_tabs.add(Tab("報告書", "region_reports", order=50, action=Action.VIEW_REPORT))
