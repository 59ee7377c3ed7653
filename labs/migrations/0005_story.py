from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("labs", "0004_previews"),
    ]

    operations = [
        migrations.AddField(
            model_name="labversion",
            name="story",
            field=models.JSONField(default=dict, help_text="What it tells around its runs; see labs.story."),
        ),
    ]
