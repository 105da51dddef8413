from django.db import migrations


def give_owners(apps, schema_editor):
    """Rounds made before had no owner: a prefecture's where all asked are of it, else the secretariat's."""
    Round = apps.get_model("assessments", "Round")
    Organisation = apps.get_model("portal", "Organisation")
    for row in Round.objects.filter(organisation__isnull=True):
        asked = row.targets.values_list("organisation_id", "organisation__parent_id", "organisation__kind")
        prefectures = {pk if kind == "prefecture" else parent for pk, parent, kind in asked}
        owner = prefectures.pop() if len(prefectures) == 1 else None
        if owner is None:
            secretariat = Organisation.objects.filter(kind="secretariat").order_by("pk").first()
            secretariat = secretariat or Organisation.objects.create(kind="secretariat", name="事務局")
            owner = secretariat.pk
        Round.objects.filter(pk=row.pk).update(organisation=owner)


def put_in_force(apps, schema_editor):
    """What was there before the set-up screens was announced: it counts from its opening on."""
    from django.utils import timezone

    apps.get_model("assessments", "Round").objects.filter(confirmed_at__isnull=True).update(
        confirmed_at=timezone.now()
    )


class Migration(migrations.Migration):
    dependencies = [
        ('assessments', '0006_rounds_setup'),
    ]

    operations = [
        migrations.RunPython(give_owners, migrations.RunPython.noop),
        migrations.RunPython(put_in_force, migrations.RunPython.noop),
    ]
