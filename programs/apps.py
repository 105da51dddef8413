"""The programs app."""

from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    """事業."""

    name = "programs"
    verbose_name = "事業"

    def ready(self) -> None:
        """Put the pages into the menu and among a region's tabs, and make the import known."""
        from portal.imports import ImportKind, imports
        from portal.permissions import Action
        from portal.registry import (
            HandoverHook,
            MenuItem,
            Tab,
            contact_scopes,
            handover_hooks,
            menu,
            region_tabs,
        )
        from programs.core.resources import PartnershipResource
        from programs.core.services import contact_scope, count_liaisons, move_liaisons

        menu.add(MenuItem("事業・支援地域", "program_list", "handshake", 40, Action.VIEW_PROGRAMS))
        menu.add(MenuItem("DX推進リエゾン", "liaison_list", "user", 67, Action.VIEW_LIAISONS))
        contact_scopes.add(contact_scope)
        handover_hooks.add(HandoverHook("DX推進リエゾンの担当", count_liaisons, move_liaisons))
        imports.add(
            ImportKind(
                code="partnerships",
                label="連携市町村",
                action=Action.IMPORT_PARTNERSHIPS,
                resource=PartnershipResource,
                lead="支援地域と団体コードで照らし合わせ、連携市町村をまとめて登録し、並び順を変更します。",
                url_name="program_list",
            )
        )
        region_tabs.add(Tab("概要", "region_detail", 10, Action.VIEW_REGION))
        region_tabs.add(Tab("希望する伴走支援", "application_detail", 20, Action.VIEW_APPLICATION))
        region_tabs.add(Tab("常駐配置", "posting_list", 30, Action.VIEW_POSTINGS))
