"""The product's settings over servers of the test run's own."""

from tests import servers  # noqa: F401, I001  # first: it sets the environment that the settings read
from tagging.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
