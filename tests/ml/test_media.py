"""Media of strangers: every odd file gives either plain values or one clear sentence."""

import wave
from contextlib import suppress
from pathlib import Path

import av
import numpy as np
import pytest

from ml import media
from ml.media import Limits, MediaError, decoding
from ml.media.container import Shape, opened
from ml.media.conversion import Scaler
from ml.media.decoding import sparse
from tests.ml.media_files import make_clip, make_sound


def refused(path: Path, **kw) -> str:
    with pytest.raises(MediaError) as error:
        media.probe(path, **kw)
    return str(error.value)


@pytest.mark.parametrize("ending", ["mp4", "mov", "mkv", "webm", "avi", "ts", "flv"])
def test_the_common_containers_are_read(tmp_path, ending):
    path = make_clip(tmp_path / f"clip.{ending}", seconds=2)

    info = media.probe(path)
    frames, times = media.frames(path, size=32)

    assert info.duration == pytest.approx(2, abs=0.2)
    assert (info.width, info.height) == (320, 180)
    assert info.fps == pytest.approx(12, abs=0.1)
    assert info.has_audio
    assert frames.shape == (2, 32, 32, 3)
    assert times == pytest.approx([0, 1], abs=0.2)


def test_codecs_are_named_and_silence_is_told(tmp_path):
    info = media.probe(make_clip(tmp_path / "mute.mp4", tone=None))

    assert (info.video_codec, info.audio_codec) == ("h264", "")
    assert info.has_video
    assert not info.has_audio


def test_upright_phone_video_is_turned(tmp_path):
    path = make_clip(tmp_path / "phone.mp4", seconds=1, size=(320, 180), rotation=90)

    info = media.probe(path)
    frames, _ = media.frames(path, size=180)

    assert (info.width, info.height) == (180, 320)
    # The red corner lay upper left; a quarter turn counter-clockwise brings it lower left, cut by the square.
    stored = media.poster(path, width=180)
    red = np.asarray(stored)[-40:, :20].reshape(-1, 3).mean(0)
    assert stored.size == (180, 320)
    assert red[0] > 150 > 90 > red[2]
    assert frames.shape == (1, 180, 180, 3)


def test_a_clip_of_one_frame_has_one(tmp_path):
    path = make_clip(tmp_path / "one.mp4", seconds=1 / 12, tone=None)

    assert media.probe(path).duration == pytest.approx(1 / 12, abs=0.01)
    assert media.frames(path, 16)[0].shape == (1, 16, 16, 3)
    assert media.filmstrip(path, count=4, width=40).size == (160, 22)


def test_a_recording_without_duration_in_its_header_is_measured(tmp_path):
    whole = make_clip(tmp_path / "whole.mkv", seconds=3)
    cut = tmp_path / "live.mkv"
    data = bytearray(whole.read_bytes())
    data[data.index(b"\x44\x89") : data.index(b"\x44\x89") + 2] = b"\xec\x89"  # Duration becomes Void
    cut.write_bytes(data)

    assert media.probe(cut).duration == pytest.approx(3, abs=0.2)


def test_one_frame_a_second_and_its_moment(tmp_path):
    path = make_clip(tmp_path / "clip.mp4", seconds=4, size=(320, 180))

    frames, times = media.frames(path, size=64)

    assert len(frames) == 4
    assert times == pytest.approx([0, 1, 2, 3], abs=0.2)
    assert frames.dtype == np.uint8
    # The disc crosses the middle at second 2 and has left the centre at second 3.
    assert frames[2][30:34, 28:40].mean() > 200 > frames[3][30:34, 20:28].mean()


@pytest.mark.parametrize("ending", ["mp4", "mkv"])
@pytest.mark.parametrize(
    ("seconds", "gop", "enough"), [(9, 12, True), (9, 250, False), (9, 24, False), (3, 12, True), (12, 4, True)]
)
def test_keyframes_are_enough_when_they_show_every_moment_or_eight(tmp_path, ending, seconds, gop, enough):
    path = make_clip(tmp_path / f"clip.{ending}", seconds, (96, 64), gop=gop, tone=None)

    with opened(path) as container:
        mkv_without_length = ending == "mkv" and seconds == 3  # its header does not say that three are all
        assert sparse(path, container.streams.video[0], fps=1) is (enough and not mkv_without_length)
    assert media.frames(path, 16)[1] == pytest.approx(range(seconds), abs=0.2)


@pytest.mark.parametrize("channels", [1, 2])
def test_sound_is_mono_at_the_asked_rate(tmp_path, channels):
    path = make_clip(tmp_path / "clip.mp4", seconds=2, tone=1000, channels=channels)

    sound = media.waveform(path, rate=8000)

    assert sound is not None
    assert sound.dtype == np.float32
    assert len(sound) == pytest.approx(16000, abs=2000)
    assert 0.3 < np.abs(sound).max() <= 1
    loudest = np.abs(np.fft.rfft(sound[4000:12000])).argmax()
    assert loudest == pytest.approx(1000, abs=2)


def test_no_sound_is_none_and_has_no_peaks(tmp_path):
    path = make_clip(tmp_path / "mute.mp4", tone=None)

    assert media.waveform(path) is None
    assert media.peaks(path) == []


def test_a_sound_file_has_sound_but_is_no_video(tmp_path):
    path = make_sound(tmp_path / "song.m4a")

    assert "no video stream" in refused(path)
    with pytest.raises(MediaError):
        media.frames(path, 16)


def test_one_pass_gives_frames_and_sound(tmp_path):
    path = make_clip(tmp_path / "clip.mp4", seconds=2)

    both = media.decode(path, size=24, rate=16000)

    assert np.array_equal(both.frames, media.frames(path, 24)[0])
    assert np.array_equal(both.sound, media.waveform(path))


def test_pictures_keep_the_aspect(tmp_path):
    path = make_clip(tmp_path / "clip.mp4", seconds=2)

    assert media.poster(path, width=160).size == (160, 90)
    assert media.filmstrip(path, count=5, width=32).size == (160, 18)


def test_peaks_are_between_silence_and_full_scale(tmp_path):
    peaks = media.peaks(make_clip(tmp_path / "clip.mp4"), count=50)

    assert len(peaks) == 50
    assert 0.3 < max(peaks) <= 1


def test_a_missing_an_empty_and_a_random_file_are_told_apart(tmp_path):
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "noise.mp4").write_bytes(np.random.default_rng(0).bytes(4000))

    assert "does not exist" in refused(tmp_path / "missing.mp4")
    assert "does not exist" in refused(tmp_path)
    assert "empty" in refused(tmp_path / "empty.mp4")
    assert "broken" in refused(tmp_path / "noise.mp4")


def test_a_file_cut_in_the_middle_gives_what_is_left(tmp_path):
    whole = make_clip(tmp_path / "whole.ts", seconds=4)
    cut = tmp_path / "cut.ts"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])

    assert 1 <= len(media.frames(cut, 16)[0]) < 4


def test_an_mp4_without_its_index_is_broken(tmp_path):
    whole = make_clip(tmp_path / "whole.mp4")
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])

    assert "broken" in refused(cut)


def test_a_damaged_middle_is_skipped_as_players_do(tmp_path):
    path = make_clip(tmp_path / "clip.mp4", seconds=4, gop=12)
    data = bytearray(path.read_bytes())
    third = len(data) // 3
    data[third : third + 2000] = bytes(2000)
    path.write_bytes(data)

    assert 1 <= len(media.frames(path, 16)[0]) <= 4


@pytest.mark.parametrize(
    "content",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nfile://{secret}\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile '{secret}'\n",
        "v=0\nc=IN IP4 127.0.0.1\nm=video 1234 RTP/AVP 96\n",
    ],
    ids=["hls", "concat", "sdp"],
)
def test_a_playlist_opens_no_other_file(tmp_path, content):
    secret = make_clip(tmp_path / "secret.mp4", seconds=1)
    trap = tmp_path / "trap.mp4"
    trap.write_text(content.format(secret=secret))

    assert "broken" in refused(trap)


def test_a_name_that_looks_like_a_protocol_is_a_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    make_clip(tmp_path / "clip.mp4", seconds=1).rename(tmp_path / "concat:a|b.mp4")

    assert media.probe(Path("concat:a|b.mp4")).width == 320


def test_a_format_outside_the_list_is_refused(tmp_path):
    with wave.open(str(tmp_path / "sound.wav"), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(16000))

    assert "known format" in refused(tmp_path / "sound.wav")


def test_limits_are_kept(tmp_path):
    path = make_clip(tmp_path / "clip.mp4", seconds=3)

    assert "too long" in refused(path, limits=Limits(seconds=2))
    assert "too large" in refused(path, limits=Limits(bytes=1000))
    assert "too large" in refused(path, limits=Limits(pixels=1000))
    assert len(media.frames(path, 16, limits=Limits(seconds=1.5))[0]) == 2
    assert len(media.waveform(path, 8000, limits=Limits(seconds=1))) == 8000


def test_a_thread_of_pixels_is_refused(tmp_path):
    assert "too narrow" in refused(make_clip(tmp_path / "thread.mp4", seconds=0.5, size=(4, 400), tone=None))


def test_the_content_hash_is_of_the_bytes(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")

    assert media.content_hash(tmp_path / "a") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_any_damage_is_answered_with_a_sentence(tmp_path):
    random = np.random.default_rng(0)
    whole = [
        make_clip(tmp_path / f"a.{ending}", 1, (96, 64)).read_bytes() for ending in ("mp4", "mkv", "avi", "ts", "flv")
    ]
    path = tmp_path / "damaged"
    for index in range(100):
        data = bytearray(whole[index % len(whole)])
        reach = min(len(data), [200, 2000, len(data)][index % 3])  # headers are where parsers trip
        for _ in range([1, 5, 30][index % 3]):
            data[random.integers(reach)] = random.integers(256)
        path.write_bytes(data)
        for look in (media.probe, media.filmstrip, media.peaks, lambda p: media.frames(p, 16)):
            with suppress(MediaError):
                look(path)


def test_titles_in_any_encoding_are_read(tmp_path):
    path = make_clip(tmp_path / "clip.mkv", seconds=1)
    data = path.read_bytes().replace(b"ENCODER", b"ENC\xe9\xff\xfeR")
    path.write_bytes(data)

    assert b"\xe9\xff\xfe" in data
    assert media.probe(path).width == 320


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="only Linux lists the threads of a process")
def test_scaling_a_picture_starts_no_threads():
    scaler, before = Scaler(), len(list(Path("/proc/self/task").iterdir()))

    scaler.square(av.VideoFrame(640, 360, "yuv420p"), Shape(640, 360, 0), 96)

    assert len(list(Path("/proc/self/task").iterdir())) <= before


def test_whole_pictures_come_from_the_same_pass(tmp_path):
    path = make_clip(tmp_path / "clip.mp4", seconds=4, rotation=90)

    both = media.decode(path, size=32, fps=2, rate=8000, whole=media.Whole(size=160, fps=1))

    assert len(both.frames) == 8
    assert both.whole_times == pytest.approx([0, 1, 2, 3], abs=0.2)
    assert {picture.shape for picture in both.whole} == {(160, 90, 3)}  # upright
    assert both.sound is not None


def test_of_a_long_clip_evenly_spread_pictures_are_kept(tmp_path):
    path = make_clip(tmp_path / "clip.mp4", seconds=9, tone=None)

    times = media.decode(path, whole=media.Whole(size=64, fps=2, most=6)).whole_times

    assert 3 <= len(times) <= 6
    assert np.diff(times) == pytest.approx(np.diff(times)[0], abs=0.2)
    assert times[-1] > 6


def test_of_a_long_clip_evenly_spread_frames_are_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(decoding, "MOST_FRAMES", 6)
    times = media.decode(make_clip(tmp_path / "clip.mp4", seconds=9, tone=None), size=32).times
    assert times == pytest.approx([0, 2, 4, 6, 8], abs=0.2)


def test_a_small_picture_is_not_enlarged(tmp_path):
    path = make_clip(tmp_path / "clip.mp4", seconds=1)

    assert media.decode(path, whole=media.Whole(size=2000)).whole[0].shape == (180, 320, 3)
