"""Films a scene: H.264 pictures and AAC sound in one mp4, written with PyAV."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from annotation.demo.canvas import HEIGHT, WIDTH
from annotation.demo.scene import FPS, Scene
from annotation.demo.sounds import RATE, Track

# One clip a process, so one thread each; a key frame a second: exact to seek to, cheap to decode one frame a second.
VIDEO_OPTIONS = {"preset": "veryfast", "crf": "25", "threads": "1", "g": str(FPS)}


def shoot(scene: Scene, path: Path, silent: bool = False) -> None:
    """Write the scene to `path`; a silent film has no audio stream at all. Appears whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.stem + ".part.mp4")
    with av.open(str(unfinished), "w") as container:
        picture = container.add_stream("libx264", rate=FPS, options=VIDEO_OPTIONS)
        picture.width, picture.height, picture.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        if not silent:
            _record(scene, container)
        for number in range(round(scene.seconds * FPS)):
            frame = av.VideoFrame.from_ndarray(np.asarray(scene.frame(number / FPS)), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            container.mux(picture.encode(frame))
        container.mux(picture.encode(None))
    unfinished.replace(path)


def _record(scene: Scene, container: av.container.OutputContainer) -> None:
    stream = container.add_stream("aac", rate=RATE, layout="mono")
    track = Track(scene.seconds)
    scene.sound(track)
    frame = av.AudioFrame.from_ndarray(track.mastered()[np.newaxis], format="fltp", layout="mono")
    frame.sample_rate, frame.pts, frame.time_base = RATE, 0, Fraction(1, RATE)
    container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def upload_again(source: Path, path: Path) -> None:
    """Write a film once more as re-uploads are: half the size, coarser, its sound as it was."""
    unfinished = path.with_name(path.stem + ".part.mp4")
    with av.open(str(source)) as read, av.open(str(unfinished), "w") as container:
        picture = container.add_stream("libx264", rate=FPS, options=VIDEO_OPTIONS | {"crf": "32"})
        picture.width, picture.height, picture.pix_fmt = WIDTH // 2, HEIGHT // 2, "yuv420p"
        sound = {stream.index: container.add_stream_from_template(stream) for stream in read.streams.audio}
        for packet in read.demux():
            if packet.stream.index not in sound:
                for frame in packet.decode():
                    assert isinstance(frame, av.VideoFrame)
                    container.mux(picture.encode(frame.reformat(picture.width, picture.height)))
            elif packet.dts is not None:  # else it is the end
                packet.stream = sound[packet.stream.index]
                container.mux(packet)
        container.mux(picture.encode(None))
    unfinished.replace(path)
