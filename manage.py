#!/usr/bin/env python
"""Django's command line, with the embedded servers running where no others are configured."""

import os
import sys

from tagging import embedded


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tagging.settings")
    embedded.ensure()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
