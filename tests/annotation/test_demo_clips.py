"""The demo's texts, tags, rules and guidelines fit together."""

import csv
import re
import subprocess
import sys
from collections import Counter

import av
import pytest

from annotation.demo import clips, second_opinions, world
from annotation.demo.scenes import SCENES
from taxonomy.rules import Node, Rule, RuleBook

CLIPS = clips.load()
TAGS = world.tags()
ID = {tag.code: number for number, tag in enumerate(TAGS, start=1)}


def test_about_sixty_clips_show_every_scene():
    assert 55 <= len(CLIPS) <= 70
    assert {clip.scene for clip in CLIPS} == set(SCENES)
    drawn = [clip for clip in CLIPS if not clip.copy_of]
    assert len({clip.id for clip in CLIPS}) == len(CLIPS)
    assert len({(clip.scene, clip.seed) for clip in drawn}) == len(drawn)
    assert all(5 <= clip.seconds <= 12 for clip in CLIPS)


def test_half_of_the_clips_are_reviewed_and_every_scene_is_seen_once():
    assert 0.4 <= sum(bool(clip.review) for clip in CLIPS) / len(CLIPS) <= 0.6
    assert {clip.scene for clip in CLIPS if clip.review == "first"} == set(SCENES)


def test_texts_come_in_both_languages_and_with_gaps():
    chinese = [clip for clip in CLIPS if any("一" <= letter <= "鿿" for letter in clip.texts["title"])]

    assert len(CLIPS) / 4 < len(chinese) < len(CLIPS) * 3 / 4
    for field in ("description", "cover_text", "program"):
        assert 0 < sum(not clip.texts[field] for clip in CLIPS) < len(CLIPS)


def test_the_tree_has_four_levels_and_twenty_open_tags():
    parents = {tag.code: tag.parent for tag in TAGS}

    def depth(code):
        return 1 + (depth(parents[code]) if parents[code] else 0)

    assert {depth(tag.code) for tag in TAGS if tag.kind == "category"} == {1, 2, 3, 4}
    assert Counter(tag.kind == "category" for tag in TAGS)[False] == 20
    assert any(not tag.assignable for tag in TAGS)


def test_tags_and_names_are_unique():
    assert len(ID) == len(TAGS)
    assert all(tag.name and tag.name_zh for tag in TAGS)
    assert max(Counter(tag.name.casefold() for tag in TAGS).values()) == 1


def test_everything_names_tags_that_exist():
    named = {code for rule in world.rules() for code in (rule.subject, *rule.others)} | set(world.guidelines())
    named |= {code for line in world.lines().values() for code in line.subtrees}

    assert named <= set(ID)
    assert {rule.line for rule in world.rules()} <= {None, *clips.LINES}
    assert set(world.lines()) == set(clips.LINES)
    assert all(set(texts) <= {"general", *clips.LINES} for texts in world.guidelines().values())
    assert {name for line in world.lines().values() for name in line.reviewers} <= set(world.people())


def test_every_guideline_is_there_in_chinese():
    english, chinese = world.guidelines(), world.guidelines("zh")
    assert {code: set(texts) for code, texts in english.items()} == {
        code: set(texts) for code, texts in chinese.items()
    }
    names = {tag.name_zh for tag in TAGS}
    for code, texts in chinese.items():
        for line, body in texts.items():
            named = {name for name in re.findall(r"(?<!\*)\*([^*]+)\*(?!\*)", body) if name not in {"安静", "进球"}}
            assert named <= names, (code, line)


@pytest.mark.parametrize("line", clips.LINES)
def test_true_tags_break_no_rule_of_their_line(line):
    book = rule_book(line)

    for clip in CLIPS:
        assert clip.tags[line], clip.id
        assert book.conflicts(ID[code] for code in clip.tags[line]) == [], clip.id


def rule_book(line):
    numbers = {name: number for number, name in enumerate(clips.LINES, start=1)}
    nodes = [Node(ID[tag.code], ID.get(tag.parent), tag.assignable, tag.kind) for tag in TAGS]
    rules = [
        Rule(n, rule.kind, ID[rule.subject], tuple(ID[o] for o in rule.others), numbers.get(rule.line), rule.weight)
        for n, rule in enumerate(world.rules(), start=1)
    ]
    return RuleBook.compile(nodes, rules, numbers[line])


def test_lines_want_different_tags():
    assert sum(len(set(clip.tags.values())) == 1 for clip in CLIPS) < len(CLIPS) / 3


def test_a_clip_is_filmed_with_sound_once(tmp_path):
    clip = clips.DemoClip("a", "puzzle", 0, 1.0, {}, {})
    path = clip.shoot(tmp_path)
    written = path.stat().st_mtime_ns

    with av.open(str(path)) as film:
        assert [stream.codec_context.name for stream in film.streams] == ["h264", "aac"]
        assert film.streams.video[0].codec_context.pix_fmt == "yuv420p"
        assert film.duration / av.time_base == pytest.approx(1.0, abs=0.1)
        assert len(list(film.decode(video=0))) == 15
    assert clip.shoot(tmp_path).stat().st_mtime_ns == written
    assert [file.name for file in tmp_path.iterdir()] == ["a.mp4"], "nothing half done is left"


def test_sound_may_be_silent_or_missing(tmp_path):
    muted = clips.DemoClip("muted", "rain", 0, 1.0, {}, {}, audio="muted").shoot(tmp_path)
    absent = clips.DemoClip("absent", "rain", 0, 1.0, {}, {}, audio="absent").shoot(tmp_path)

    with av.open(str(muted)) as film:
        assert max(abs(frame.to_ndarray()).max() for frame in film.decode(audio=0)) < 0.001
    with av.open(str(absent)) as film:
        assert not film.streams.audio


def test_all_clips_are_filmed_by_several_processes(tmp_path):
    small = [clips.DemoClip(str(n), "puzzle", n, 0.4, {}, {}) for n in range(3)]

    assert {path.name for path in clips.shoot_all(small, tmp_path, processes=2)} == {"0.mp4", "1.mp4", "2.mp4"}


def test_a_copy_is_the_film_uploaded_again_in_another_file(tmp_path):
    original = clips.DemoClip("one", "puzzle", 0, 0.4, {}, {})
    copy = clips.DemoClip("two", "puzzle", 0, 0.4, {}, {}, copy_of="one")

    assert [path.name for path in clips.shoot_all([copy, original], tmp_path, processes=1)] == ["one.mp4", "two.mp4"]
    with av.open(str(tmp_path / "one.mp4")) as first, av.open(str(tmp_path / "two.mp4")) as second:
        assert [stream.codec_context.name for stream in second.streams] == ["h264", "aac"]
        assert second.streams.video[0].width == first.streams.video[0].width // 2
        assert len(list(second.decode(video=0))) == len(list(first.decode(video=0))) == 6
    assert {clip.copy_of for clip in CLIPS} - {clip.id for clip in CLIPS} == {""}


def test_second_opinions_are_of_clips_that_wait_and_break_no_rule():
    told, by_id = second_opinions.load(), {clip.id: clip for clip in CLIPS}
    book = rule_book(second_opinions.line())

    assert len(told) > 2
    for opinion in told:
        clip, others = by_id[opinion.clip], by_id[opinion.clip].tags[second_opinions.line()]
        given = opinion.tags(others)
        assert not clip.review
        assert set(given) != set(others), "it is another opinion"
        assert book.conflicts(ID[code] for code in given) == []
        assert opinion.reviewer in world.lines()[second_opinions.line()].reviewers
        assert not opinion.ruling or opinion.on in set(given) ^ set(others)


def test_the_table_for_the_intake_has_a_row_a_clip(tmp_path):
    clips.write_table(CLIPS, tmp_path / "clips.csv")

    rows = list(csv.DictReader((tmp_path / "clips.csv").open(encoding="utf-8")))
    assert [row["media"] for row in rows] == [f"{clip.id}.mp4" for clip in CLIPS]
    assert rows[1]["title"] == CLIPS[1].texts["title"]


def test_the_demo_world_is_drawn_without_django():
    code = "import sys, annotation.demo.clips, annotation.demo.world; sys.exit('django' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
