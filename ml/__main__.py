"""`python -m ml train|evaluate|propose|pretrain`: the model stack without a database.

A training that was killed goes on when it is started again with the same arguments. Several GPUs of a machine train
together with `torchrun --nproc-per-node 2 -m ml train …`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from ml.bundle import BundleError
from ml.feature_store import FeatureStore
from ml.layers import peers
from ml.pipeline import Pipeline
from ml.pretraining import command
from ml.pretraining.clip_frames import Clip
from ml.pretraining.frame_settings import FrameSettings
from ml.pretraining.settings import Settings, Stage
from ml.training import loop
from ml.training.examples import SPLITS, read_videos
from ml.types import Example, Proposal

BATCH = 64


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status is 0 when it did what it says."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except (ValueError, BundleError, FileExistsError, FileNotFoundError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped; a training goes on where it stopped when it is started again", file=sys.stderr)
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ml", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True, metavar="train|evaluate|propose|pretrain")

    train = commands.add_parser("train", help="train a stack on a snapshot and write a bundle")
    train.add_argument("snapshot", type=Path)
    train.add_argument("out", type=Path, help="folder of the new bundle; it must not exist")
    train.add_argument("--stack", default="small", help="name of a stack, or the path of a .toml file")
    train.add_argument("--warm", type=Path, help="bundle to go on from and to compare with")
    train.set_defaults(run=_train)

    evaluate = commands.add_parser("evaluate", help="measure a bundle on reviewed videos")
    evaluate.add_argument("bundle", type=Path)
    evaluate.add_argument("snapshot", type=Path)
    evaluate.add_argument("--split", default="test", choices=SPLITS)
    evaluate.set_defaults(run=_evaluate)

    propose = commands.add_parser("propose", help="propose tags for the videos of a JSONL file")
    propose.add_argument("bundle", type=Path)
    propose.add_argument("videos", type=Path, help="one video a line; media are relative to the file's folder")
    propose.add_argument("--media", type=Path, help="folder of the media")
    propose.add_argument("--out", type=Path, help="JSONL file to write; without it the answer is printed")
    propose.set_defaults(run=_propose)
    for part in (train, evaluate, propose):
        part.add_argument("--features", type=Path, default=Path("var/features"), help="folder of cached features")
    _add_pretraining(commands.add_parser("pretrain", help="learn from what nobody has labelled"))
    return parser


def _add_pretraining(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(required=True, metavar="text|frames")
    texts = kinds.add_parser("text", help="ALBERT on texts; what was interrupted goes on")
    texts.add_argument("out", type=Path, help="folder to write; it must not exist")
    texts.add_argument("files", type=Path, nargs="+", help="videos.jsonl as in a snapshot, or plain texts, one a line")
    command.add_arguments(texts, Settings)
    texts.set_defaults(run=_pretrain_text)

    frames = kinds.add_parser("frames", help="an image backbone on frames; what was interrupted goes on")
    frames.add_argument("out", type=Path, help="folder to write; it must not exist")
    frames.add_argument("files", type=Path, nargs="+", help="videos.jsonl; media are relative to the file's folder")
    command.add_arguments(frames, FrameSettings)
    frames.set_defaults(run=_pretrain_frames)


def _train(options: argparse.Namespace) -> None:
    with peers.joined():
        metrics = loop.train(
            options.snapshot,
            options.out,
            store=FeatureStore(options.features),
            stack=options.stack,
            warm=options.warm,
            report=_print_progress,
        )
        if peers.leads():
            print(json.dumps(metrics, indent=2))


def _pretrain_text(options: argparse.Namespace) -> None:
    from ml.pretraining import text  # loads transformers: seconds that the other commands need not wait

    wanted = command.chosen(vars(options), Settings)
    print(json.dumps(text.pretrain(_Texts(options.files), options.out, wanted, _lines()), indent=2))


def _pretrain_frames(options: argparse.Namespace) -> None:
    from ml.pretraining import frames  # loads timm

    wanted = command.chosen(vars(options), FrameSettings)
    print(json.dumps(frames.pretrain(_clips(options.files), options.out, wanted, _lines()), indent=2))


def _lines() -> Stage:
    return command.told(lambda line: print(line, file=sys.stderr))


def _clips(files: Sequence[Path]) -> Iterator[Clip]:
    for path in files:
        for video in (example.video for example in read_videos(path, path.parent)):
            if video.media is not None:
                yield Clip(f"program {video.program}" if video.program else f"video {video.id}", video.media)


@dataclass(frozen=True)
class _Texts:
    files: Sequence[Path]

    def __iter__(self) -> Iterator[str]:
        for path in self.files:
            if path.suffix == ".jsonl":
                yield from filter(None, (example.video.text() for example in read_videos(path, path.parent)))
                continue
            with path.open(encoding="utf-8") as lines:
                yield from filter(None, map(str.strip, lines))


def _print_progress(progress: loop.Progress) -> None:
    if progress.done % max(progress.total // 10, 1) == 0 or progress.done == progress.total:
        loss = "" if progress.loss is None else f"  loss {progress.loss:.4f}"
        print(f"{progress.stage}: {progress.done}/{progress.total}{loss}", file=sys.stderr)


def _evaluate(options: argparse.Namespace) -> None:
    store = FeatureStore(options.features)
    print(json.dumps(loop.evaluate(options.bundle, options.snapshot, store=store, split=options.split), indent=2))


def _propose(options: argparse.Namespace) -> None:
    videos = read_videos(options.videos, options.media or options.videos.parent)
    pipeline = Pipeline.load(options.bundle, FeatureStore(options.features))
    if options.out is None:
        _write_proposals(pipeline, videos, sys.stdout)
        return
    with options.out.open("x", encoding="utf-8") as file:
        _write_proposals(pipeline, videos, file)


def _write_proposals(pipeline: Pipeline, videos: Sequence[Example], file: TextIO) -> None:
    for start in range(0, len(videos), BATCH):
        batch = [example.video for example in videos[start : start + BATCH]]
        for video, proposals in zip(batch, pipeline.propose(batch), strict=True):
            row = {"id": video.id, "proposals": [_told(proposal) for proposal in proposals]}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def _told(proposal: Proposal) -> dict[str, object]:
    evidence = proposal.evidence._asdict() | {"spans": [span._asdict() for span in proposal.evidence.spans]}
    return proposal._asdict() | {"evidence": evidence}


if __name__ == "__main__":
    sys.exit(main())
