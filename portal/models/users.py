"""People who sign in."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from portal.actor import Actor
from portal.choices import Role
from portal.permissions import STANDING_OF_ROLE, Standing


class UserManager(BaseUserManager["User"]):
    """Creates users whose e-mail address, or issued sign-in ID, is their sign-in name."""

    def for_user(self, actor: Actor | None) -> models.QuerySet[User]:
        """People with a membership the actor may see; everybody for the admin, who looks after accounts."""
        if actor is None:
            return self.none()
        if actor.role == Role.ADMIN:
            return self.all()
        from portal.models.organisations import Membership  # which points here

        return self.filter(pk__in=Membership.objects.for_user(actor).values("user"))

    def create_user(
        self, *, name: str, email: str | None = None, login_id: str | None = None, password: str | None = None
    ) -> User:
        """Create one person; without a password, sign-in stays impossible until one is set."""
        user = self.model(
            email=self.normalize_email(email) if email else None, login_id=login_id or None, name=name
        )
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A person (利用者); rights come from memberships, never from this row."""

    email = models.EmailField("メールアドレス", max_length=254, unique=True, null=True, blank=True)
    #: Issued to a person without an address of their own (shared mailboxes, LGWAN).
    login_id = models.CharField("サインインID", max_length=20, unique=True, null=True, blank=True)
    name = models.CharField("氏名", max_length=100)
    is_active = models.BooleanField("有効", default=True)
    is_staff = models.BooleanField("管理画面の利用", default=False)
    date_joined = models.DateTimeField("登録日時", auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = verbose_name_plural = "利用者"
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_unique",
                violation_error_message="このメールアドレスは、すでに登録されています。",
            ),
            models.CheckConstraint(
                condition=Q(email__isnull=False) | Q(login_id__isnull=False),
                name="user_has_sign_in_name",
                violation_error_message="メールアドレスかサインインIDのどちらかを入力してください。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def sign_in_name(self) -> str:
        """What the person types to sign in."""
        return self.email or self.login_id or ""

    def roles_of(self, actor: Actor) -> frozenset[Standing]:
        """An account belongs to nobody but the admin's care; others are to it what their role is."""
        return STANDING_OF_ROLE[actor.role]
