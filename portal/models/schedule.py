"""Which daily work was done on which day."""

from django.db import models


class DailyRun(models.Model):
    """One daily piece of work was done for one day (毎日の処理); its existence is the mark."""

    name = models.CharField("処理", max_length=60)
    day = models.DateField("日")
    at = models.DateTimeField("完了日時")

    class Meta:
        verbose_name = verbose_name_plural = "毎日の処理"
        ordering = ["-day", "name"]
        constraints = [models.UniqueConstraint(fields=["name", "day"], name="daily_run_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.day}"
