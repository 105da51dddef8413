import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('assessments', '0007_rounds_owner'),
    ]

    operations = [
        migrations.AlterField(
            model_name="round",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rounds",
                to="portal.organisation",
                verbose_name="設定した団体",
            ),
        ),
    ]
