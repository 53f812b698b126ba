"""Published rules about the weather."""

import pytest

from taxonomy import names, versions
from taxonomy.models import Rule
from tests.factories import make_line
from tests.taxonomy.rules.weather import named


@pytest.fixture
def line():
    return make_line(name="Search", slug="search")


@pytest.fixture
def tags(line):
    """Rain and snow exclude each other; published."""
    tags = {text: named(text) for text in ("Rain", "Snow", "Umbrella")}
    names.make(tags["Rain"], "雨", language="zh", preferred=True).save()
    Rule.objects.create(kind="excludes", subject=tags["Rain"]).others.add(tags["Snow"])
    versions.publish()
    return tags
