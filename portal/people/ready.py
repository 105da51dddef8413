"""What people bring to menus, jobs, imports and the home page."""

from __future__ import annotations


def make_known() -> None:
    """Fill the registries; called once when the portal starts."""
    from portal.daily import DailyWork, FrequentWork, daily_work, frequent_work
    from portal.imports import ImportKind, imports
    from portal.outbox import register_kind
    from portal.people import vacancies
    from portal.people.handover import close_due
    from portal.people.invitations import KIND as INVITATION
    from portal.people.resources import HandoverResource, InvitationResource
    from portal.people.selections import count_people_tasks, people_tasks
    from portal.people.sending import COURIER
    from portal.permissions import Action
    from portal.registry import MenuItem, menu, task_counters, task_sources

    register_kind(INVITATION, "招待", courier=COURIER)
    register_kind(vacancies.KIND, vacancies.LABEL)
    # The day begins at midnight, not when the day's work does.
    frequent_work.add(FrequentWork("portal.handovers", close_due))
    daily_work.add(DailyWork("portal.vacancies", vacancies.look_for_vacancies, order=20))
    task_sources.add(people_tasks)
    task_counters.add(count_people_tasks)
    menu.add(MenuItem("連絡先名簿", "contact_list", "list", 62, Action.VIEW_CONTACTS))
    menu.add(MenuItem("団体", "organisation_list", "flag", 63, Action.VIEW_PEOPLE))
    menu.add(MenuItem("利用者・所属", "membership_list", "users", 64, Action.VIEW_PEOPLE))
    menu.add(MenuItem("招待", "invitation_list", "send", 65, Action.MANAGE_PEOPLE))
    menu.add(MenuItem("引継ぎ", "handover_list", "refresh", 66, Action.VIEW_PEOPLE))
    imports.add(
        ImportKind(
            code="invitations",
            label="招待",
            action=Action.MANAGE_PEOPLE,
            resource=InvitationResource,
            lead="団体ごとの担当者を、まとめて招待します。反映すると、メールアドレスのある人に招待のメールを送ります。",
            url_name="invitation_list",
        )
    )
    imports.add(
        ImportKind(
            code="handovers",
            label="引継ぎ",
            action=Action.MANAGE_PEOPLE,
            resource=HandoverResource,
            lead="年度替わりの引継ぎを、まとめて準備します。適用日の前日までは、1件ずつ取りやめられます。",
            url_name="handover_list",
        )
    )
