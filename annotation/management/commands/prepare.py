"""Bring database, catalogues, static files and demo up to date: what `make run` does before it serves."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-demo", action="store_true", help="leave an empty database empty")

    def handle(self, *args: Any, no_demo: bool, **options: Any) -> None:
        call_command("migrate", verbosity=0)
        call_command("compile_messages")
        call_command("collectstatic", interactive=False, verbosity=0)
        call_command("make_admin")
        if not no_demo:
            call_command("make_demo", if_empty=True)
