"""The assessments app."""

from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    """報告回と自己点検."""

    name = "assessments"
    verbose_name = "報告回と自己点検"

    def ready(self) -> None:
        """Tell the portal of the menu item, the region's tab and the tasks this app knows of."""
        from assessments.services.issue_links import issue_links
        from assessments.services.own import count_waiting, waiting_tasks
        from portal.permissions import Action
        from portal.registry import (
            MenuItem,
            Tab,
            menu,
            region_tabs,
            task_counters,
            task_sources,
            town_links,
        )

        menu.add(MenuItem("報告回", "round_list", "clipboard", 40, Action.VIEW_ROUNDS))
        region_tabs.add(Tab("報告回", "region_rounds", 40, Action.VIEW_ROUNDS))
        task_sources.add(waiting_tasks)
        task_counters.add(count_waiting)
        # local issues
        menu.add(MenuItem("地域課題", "local_issue_list", "flag", 45, Action.VIEW_LOCAL_ISSUES))
        region_tabs.add(Tab("地域課題", "region_issues", 45, Action.VIEW_LOCAL_ISSUES))
        town_links.add(issue_links)
        self._reminders()

    def _reminders(self) -> None:
        """Reminders of each day, before the daily mails gather them."""
        from assessments.services.reminders import KIND, LABEL, send_due_reminders
        from portal.daily import DailyWork, daily_work
        from portal.outbox import register_kind

        register_kind(KIND, LABEL)
        daily_work.add(DailyWork("assessments.reminders", send_due_reminders, order=10))
