"""The municipalities app."""

from django.apps import AppConfig


class MunicipalitiesConfig(AppConfig):
    """都道府県・市区町村."""

    name = "municipalities"
    verbose_name = "都道府県・市区町村"

    def ready(self) -> None:
        """Put the pages into the menu and make the import known."""
        from municipalities.resources import MunicipalityResource
        from municipalities.services import codes_of
        from portal.imports import ImportKind, imports
        from portal.permissions import Action
        from portal.registry import MenuItem, menu, organisation_codes

        menu.add(MenuItem("市区町村", "municipality_list", "building", 60, Action.VIEW_MUNICIPALITIES))
        menu.add(MenuItem("都道府県", "prefecture_list", "map", 61, Action.VIEW_MUNICIPALITIES))
        organisation_codes.add(codes_of)
        imports.add(
            ImportKind(
                code="municipalities",
                label="市区町村",
                action=Action.IMPORT_MUNICIPALITIES,
                resource=MunicipalityResource,
                lead="団体コードで照らし合わせ、市区町村の名称・人口・面積などをまとめて登録・変更します。",
                url_name="municipality_list",
            )
        )
