"""Make the first administrator, with a random password that is kept under var/."""

import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.management.base import BaseCommand
from django.db import transaction


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.filter(is_superuser=True).exists():
            return
        path = Path(settings.VAR) / "admin-password"
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(12))
        with transaction.atomic():
            admin = User.objects.create_superuser("admin", password=path.read_text())
            admin.groups.set(Group.objects.all())
        self.stdout.write(f"Made the administrator; password in {path}")
