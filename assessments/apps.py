"""The assessments app."""

from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    """報告回と自己点検."""

    name = "assessments"
    verbose_name = "報告回と自己点検"

    def ready(self) -> None:
        """Tell the portal of the menu item, the region's tab and the tasks this app knows of."""
        from assessments import tasks
        from assessments.services.comment_threads import comment_tasks, count_comment_tasks
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
        task_sources.add(comment_tasks)
        task_counters.add(count_comment_tasks)
        # local issues
        menu.add(MenuItem("地域課題", "local_issue_list", "flag", 45, Action.VIEW_LOCAL_ISSUES))
        region_tabs.add(Tab("地域課題", "region_issues", 45, Action.VIEW_LOCAL_ISSUES))
        town_links.add(issue_links)
        self._reminders()
        tasks.register()
        self._sheets()

    def _sheets(self) -> None:
        """The forms of a round as a file."""
        from assessments.services.sheets.kinds import ON_BEHALF, OWN_FORMS
        from assessments.services.sheets.proposals import (
            LETTER,
            LETTER_LABEL,
            count_proposals,
            proposal_tasks,
        )
        from portal.imports import imports
        from portal.outbox import register_kind
        from portal.registry import task_counters, task_sources

        imports.add(OWN_FORMS)
        imports.add(ON_BEHALF)
        register_kind(LETTER, LETTER_LABEL)
        task_sources.add(proposal_tasks)
        task_counters.add(count_proposals)

    def _reminders(self) -> None:
        """Reminders of each day, before the daily mails gather them."""
        from assessments.services import comment_letters, decisions, sent_back
        from assessments.services.reminders import KIND, LABEL, send_due_reminders
        from portal.daily import DailyWork, daily_work
        from portal.outbox import register_kind

        register_kind(KIND, LABEL)
        register_kind(sent_back.KIND, sent_back.LABEL)
        register_kind(decisions.KIND, decisions.LABEL)
        register_kind(comment_letters.KIND, comment_letters.LABEL)
        daily_work.add(DailyWork("assessments.reminders", send_due_reminders, order=10))
