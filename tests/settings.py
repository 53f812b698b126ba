"""The product's settings over servers of the test run's own."""

from tests import servers  # noqa: F401, I001  # first: it sets the environment that the settings read
from tagging.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUDIT_PERCENT = 0  # a test that is about the audit slice says so: elsewhere no order depends on a draw
PROBE_PERCENT = 0  # a test that is about probes says so: elsewhere clips show what the models said
