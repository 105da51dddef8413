"""The portal app."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """ポータル."""

    name = "portal"
    verbose_name = "ポータル"

    def ready(self) -> None:
        """Make known what the portal itself brings: the PDF check, imports, the page of background work."""
        from portal.files.tasks import register_jobs as register_file_jobs
        from portal.imports.tasks import register_jobs
        from portal.pdf import checks  # noqa: F401  registers the check of fonts and libraries
        from portal.permissions import Action
        from portal.registry import MenuItem, menu

        register_jobs()
        register_file_jobs()
        menu.add(MenuItem("取り込み", "import_list", "upload", order=80, action=Action.VIEW_IMPORTS))
        menu.add(MenuItem("処理の状況", "job_list", "gear", order=90, action=Action.VIEW_JOBS))
