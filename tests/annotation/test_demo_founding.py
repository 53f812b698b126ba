"""The demo's taxonomy as people find it."""

import pytest
from django.utils.translation import override

from annotation.demo import founding
from taxonomy import guidelines, versions
from taxonomy.models import Tag

pytestmark = pytest.mark.django_db


def test_each_reader_finds_the_guidelines_in_their_language():
    founding.lines_and_people()
    founding.taxonomy()
    traffic = Tag.objects.get(code="traffic").pk

    assert versions.current().number == 2
    with override("en"):
        assert "Moving vehicles" in guidelines.texts([traffic], None)[traffic].html
    with override("zh-hans"):
        chinese = guidelines.texts([traffic], None)[traffic].html
    assert "道路上行驶的车辆" in chinese
    assert "Moving vehicles" not in chinese
