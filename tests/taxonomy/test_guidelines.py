"""Which guideline holds, and that it can do no harm."""

import pytest
from django.utils.translation import override

from taxonomy import body_languages, guidelines
from taxonomy.models import Guideline
from tests.factories import make_line, make_tag

pytestmark = pytest.mark.django_db


def write(tag, body: str, line=None, version: int = 1) -> Guideline:
    return Guideline.objects.create(tag=tag, business_line=line, body=body, version=version)


def test_the_lines_own_text_comes_first_then_the_general_then_the_parents():
    line, sports = make_line(), make_tag()
    ball = make_tag(parent=sports)
    write(sports, "all sports")

    assert guidelines.texts([ball.pk], line.pk)[ball.pk].tag == sports.pk
    write(ball, "all balls")
    assert "all balls" in guidelines.texts([ball.pk], line.pk)[ball.pk].html
    write(ball, "our balls", line)
    assert "our balls" in guidelines.texts([ball.pk], line.pk)[ball.pk].html
    assert "all balls" in guidelines.texts([ball.pk], None)[ball.pk].html


def test_the_newest_version_holds():
    tag = make_tag()
    write(tag, "old")
    write(tag, "new", version=2)

    text = guidelines.texts([tag.pk], None)[tag.pk]

    assert (text.version, text.html) == (2, "<p>new</p>\n")


def test_another_lines_text_does_not_count():
    tag = make_tag()
    write(tag, "theirs", make_line())

    assert guidelines.texts([tag.pk], make_line().pk) == {}


@pytest.mark.parametrize(
    "body",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        '<img src=x onerror="alert(1)">',
        "![x](data:text/html;base64,PHNjcmlwdD4=)",
        "<a href='vbscript:x'>x</a>",
    ],
)
def test_a_guideline_cannot_run_anything(body):
    html = guidelines.html(body)

    assert "<script" not in html
    assert "<img src=x" not in html
    assert 'href="javascript' not in html
    assert 'src="data:' not in html
    assert "<a href='vb" not in html


def test_markdown_is_rendered_with_tables():
    html = guidelines.html("**Yes**: a *game*\n\n| a | b |\n|---|---|\n| 1 | 2 |")

    assert "<strong>Yes</strong>" in html
    assert "<td>1</td>" in html


def test_many_tags_cost_as_much_as_one(django_assert_num_queries):
    tags = [make_tag().pk for _ in range(5)]

    with django_assert_num_queries(2):
        guidelines.texts(tags, None)


def test_each_reader_sees_their_own_language():
    tag = make_tag()
    Guideline.objects.create(tag=tag, body="All balls.\n\n[zh]\n所有的球。")

    assert "All balls" in guidelines.texts([tag.pk], None)[tag.pk].html
    with override("zh-hans"):
        chinese = guidelines.texts([tag.pk], None)[tag.pk].html
    assert "所有的球" in chinese
    assert "All balls" not in chinese
    assert "[zh]" not in chinese


@pytest.mark.parametrize(
    ("body", "language", "seen"),
    [
        ("Balls.", "zh-hans", "Balls."),
        ("[zh]\n球。", "en", "球。"),
        ("Balls.\n[zh]\n球。\n[de]\nBälle.", "de", "Bälle."),
        ("Balls.\r\n[zh]\r\n球。", "zh", "球。"),
        ("See [zh] and\n[zh]: x", "zh", "See [zh] and\n[zh]: x"),
        ("", "en", ""),
    ],
)
def test_a_text_without_the_readers_language_is_shown_as_it_is(body, language, seen):
    assert body_languages.of(body, language) == seen


def test_texts_put_together_are_taken_apart_again():
    texts = {"": "Balls.\n\n- all", "zh": "球。"}

    assert body_languages.parts(body_languages.joined(texts)) == texts
