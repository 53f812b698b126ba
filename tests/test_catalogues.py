"""Every string the product says, in both languages."""

import pytest
from babel.messages.pofile import write_po
from django.urls import reverse
from django.utils.translation import gettext, override

from ml import media
from ml.registry.part_names import reason, stage_name
from tagging import catalogues


@pytest.mark.parametrize("language", catalogues.languages())
def test_a_catalogue_lacks_nothing_and_breaks_nothing(language):
    assert catalogues.complaints(language) == []


def test_a_chinese_browser_gets_chinese_pages(client, db):
    page = client.get(reverse("login"), headers={"Accept-Language": "zh-hans"}).content.decode()

    assert '<html lang="zh-hans"' in page
    assert "登录" in page
    assert "Sign in" not in page


def test_everybody_else_gets_english_pages(client, db):
    page = client.get(reverse("login"), headers={"Accept-Language": "nl"}).content.decode()

    assert "Sign in" in page


def test_indented_templates_are_read():
    known = {str(message.id) for message in catalogues.collect() if message.id}

    assert "Reject the tag in focus and say why" in known  # stands deep in a table


def test_what_the_media_layer_says_is_translated_though_it_knows_no_languages(tmp_path):
    with pytest.raises(media.MediaError) as refused:
        media.probe(tmp_path / "nowhere.mp4")

    with override("zh-hans"):
        assert gettext(str(refused.value)) == "文件不存在。"


def test_a_training_reports_its_stages_in_the_readers_words():
    with override("zh-hans"):
        assert stage_name("classifier.v1 fold 2 of 3") == "分类器，第 2/3 折"
        assert stage_name("a.new.part") == "a"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("", ""),
        ("The dev split of the snapshot is empty: review more videos first.", "dev"),
        ("Nobody has reviewed a video yet, so there is nothing to learn from.", "尚无"),
        ("OSError: disk full", "OSError: disk full"),
    ],
)
def test_why_a_training_failed_is_told_in_the_readers_words(said, shown):
    with override("zh-hans"):
        assert shown in reason(said)
        assert ("split" in reason(said)) is False


def test_a_translation_that_leaves_a_value_out_is_told(tmp_path, settings):
    settings.LOCALE_PATHS = [tmp_path]
    catalogues.update("zh_Hans")
    catalogue = catalogues.read("zh_Hans")
    message = catalogue.get(("%(n)s tag to decide", "%(n)s tags to decide"))
    message.string = ("还",)
    with catalogues.path("zh_Hans").open("wb") as file:
        write_po(file, catalogue)

    assert "zh_Hans: %(n)s tag to decide: the translation does not say n" in catalogues.complaints("zh_Hans")
