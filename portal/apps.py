"""The portal app."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """ポータル."""

    name = "portal"
    verbose_name = "ポータル"

    def ready(self) -> None:
        """Make known what the portal itself brings: the PDF check, imports, the page of background work."""
        from portal.audit import signin as audit_signin
        from portal.files.tasks import register_jobs as register_file_jobs
        from portal.imports.tasks import register_jobs
        from portal.pdf import checks  # noqa: F401  registers the check of fonts and libraries
        from portal.permissions import Action
        from portal.registry import HandoverHook, MenuItem, handover_hooks, menu, task_sources
        from portal.services import drafts
        from portal.signin import checks as signin_checks  # noqa: F401  registers the check of the policy
        from portal.signin import events

        register_jobs()
        task_sources.add(drafts.waiting_tasks)
        handover_hooks.add(HandoverHook("保存していない入力", drafts.count_drafts, drafts.hand_over_drafts))
        audit_signin.listen()
        events.connect()
        register_file_jobs()
        self._outbox()
        menu.add(MenuItem("取り込み", "import_list", "upload", order=80, action=Action.VIEW_IMPORTS))
        menu.add(MenuItem("処理の状況", "job_list", "gear", order=90, action=Action.VIEW_JOBS))
        menu.add(MenuItem("操作記録", "audit_list", "list", order=95, action=Action.VIEW_AUDIT))
        from portal.people.ready import make_known
        from portal.upkeep import register as register_upkeep

        make_known()
        register_upkeep()

    def _outbox(self) -> None:
        """Notices and mails: the page of what went out, mails in trouble as tasks, one mail a day."""
        from portal.daily import DailyWork, daily_work
        from portal.outbox import digests, register_kind, tasks
        from portal.permissions import Action
        from portal.registry import MenuItem, menu, task_sources
        from portal.signin import resets

        digests.register()
        register_kind(resets.KIND, resets.LABEL)
        daily_work.add(DailyWork("portal.digests", digests.gather, order=90))
        task_sources.add(tasks.mails_in_trouble)
        menu.add(MenuItem("送信箱", "outbox_list", "send", order=85, action=Action.VIEW_OUTBOX))
