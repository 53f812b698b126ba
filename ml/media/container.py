"""Opening a media file that cannot be trusted, and the facts about it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from ml.types import Fetchable

# Containers that hold their media themselves. Playlists (hls, dash, concat) and generators (lavfi) name other
# files or addresses, so FFmpeg must not even recognise them.
FORMATS = ("mov", "mp4", "m4a", "3gp", "3g2", "mj2", "matroska", "webm", "avi", "mpegts", "flv", "ogg")

NARROWEST = 32  # times longer than wide


class MediaError(ValueError):
    """The file cannot be used; the text is one sentence that says why."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a stranger's file is worth decoding."""

    seconds: float = 3600.0
    bytes: int = 4 * 2**30
    pixels: int = 8192 * 4320  # of one frame


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True)
class MediaInfo:
    """Facts about a video file; width and height as shown, after rotation and pixel aspect."""

    duration: float  # seconds
    width: int
    height: int
    fps: float
    has_video: bool
    has_audio: bool
    video_codec: str
    audio_codec: str  # "" without sound


class Shape(NamedTuple):
    """How a frame is shown: size after rotation, and quarter turns counter-clockwise to get there."""

    width: int
    height: int
    turns: int


@contextmanager
def opened(path: Path, limits: Limits = DEFAULT_LIMITS) -> Iterator[InputContainer]:
    """Open `path` for reading; whatever FFmpeg finds wrong inside the block becomes a MediaError."""
    if not path.is_file():  # also refuses pipes and devices
        raise MediaError("The file does not exist.")
    size = path.stat().st_size
    if size == 0:
        raise MediaError("The file is empty.")
    if size > limits.bytes:
        raise MediaError("The file is too large.")
    allowed = {"protocol_whitelist": "file", "format_whitelist": ",".join(FORMATS)}
    try:
        # The prefix keeps a name like "http:x" or "concat:a|b" a file name.
        with av.open(f"file:{path.absolute()}", container_options=allowed, metadata_errors="replace") as container:
            yield container
    except av.FFmpegError as error:
        raise MediaError("The file is broken or not a video in a known format.") from error


def video_stream(container: InputContainer, limits: Limits = DEFAULT_LIMITS) -> VideoStream:
    """The first moving picture; cover art in a sound file does not count."""
    for stream in container.streams.video:
        if stream.codec_context is not None and not stream.disposition & Disposition.attached_pic:
            codec = stream.codec_context
            if codec.width * codec.height > limits.pixels:
                raise MediaError("The picture is too large.")
            codec.options = {"max_pixels": str(limits.pixels)}  # a header may lie, and sizes may change on the way
            codec.thread_count = 1  # we scale by processes; two threads on busy cores are slower
            return stream
    raise MediaError("The file has no video stream.")


def audio_stream(container: InputContainer) -> AudioStream | None:
    """The first sound that can be decoded."""
    for stream in container.streams.audio:
        if stream.codec_context is not None and stream.codec_context.sample_rate:
            return stream
    return None


def decoded(packet: Packet[Any]) -> Iterator[object]:
    """Frames of a packet; a damaged one is skipped, as players do."""
    try:
        yield from packet.decode()
    except av.FFmpegError:
        return


def shape(frame: VideoFrame, stream: VideoStream) -> Shape:
    """How `frame` is shown: phones store upright video lying, DV and DVDs have pixels that are not square."""
    aspect = min(4.0, max(0.25, float(stream.sample_aspect_ratio or 1)))
    width, height = max(1, round(frame.width * aspect)), frame.height
    if max(width, height) > NARROWEST * min(width, height):
        raise MediaError("The picture is too narrow.")  # scaled to a useful width, it would fill the memory
    turns = round(frame.rotation / 90) % 4
    return Shape(height, width, turns) if turns % 2 else Shape(width, height, turns)


def duration(container: InputContainer, stream: VideoStream) -> float:
    """Seconds by the header; by the last packet where the header has none (recordings of a browser)."""
    if container.duration:
        return container.duration / av.time_base
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    end = 0.0
    for packet in container.demux(stream):
        if packet.pts is not None and packet.time_base:
            end = max(end, float((packet.pts + (packet.duration or 0)) * packet.time_base))
    return end


def probe(path: Path, limits: Limits = DEFAULT_LIMITS) -> MediaInfo:
    """Facts about the file, checked by decoding its first frame.

    Raises MediaError: missing, empty, broken, unknown format, no video stream, or beyond the limits.
    """
    with opened(path, limits) as container:
        video, audio = video_stream(container, limits), audio_stream(container)
        pictures = (frame for packet in container.demux(video) for frame in decoded(packet))
        first = next((frame for frame in pictures if isinstance(frame, VideoFrame)), None)
        if first is None:
            raise MediaError("The file holds no picture that can be decoded.")
        shown = shape(first, video)
        fps = float(video.average_rate or video.guessed_rate or 0)
        seconds = max(duration(container, video), 1 / fps if fps else 0.0)
        if seconds > limits.seconds:
            raise MediaError("The video is too long.")
        return MediaInfo(
            duration=seconds,
            width=shown.width,
            height=shown.height,
            fps=fps,
            has_video=True,
            has_audio=audio is not None,
            video_codec=video.codec_context.name,
            audio_codec=audio.codec_context.name if audio else "",
        )


def local(source: Path | Fetchable) -> AbstractContextManager[Path]:
    """The file itself, or a copy on this machine for the length of the block. Raises OSError."""
    return nullcontext(source) if isinstance(source, Path) else source.fetched()


def content_hash(source: Path | Fetchable) -> str:
    """sha256 of the file, hex; the key of everything computed from it. Raises OSError."""
    with local(source) as path, path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
