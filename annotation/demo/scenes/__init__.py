"""All kinds of scenes.

To add a scene: write a subclass of `Scene` in the file of its subject (or a new file), give it one line below,
and let a clip in `clips.toml` name it.
"""

from importlib import import_module

from annotation.demo.scene import Scene

SCENES = {
    "rain": "weather.Rain",
    "snow": "weather.Snow",
    "basketball": "basketball.Basketball",
    "football": "sports.Football",
    "table_tennis": "sports.TableTennis",
    "traffic": "city.Traffic",
    "train": "city.Train",
    "cooking": "food.Cooking",
    "baking": "food.Baking",
    "concert": "stage.Concert",
    "piano": "stage.Piano",
    "dance": "stage.Dance",
    "racing": "games.Racing",
    "puzzle": "games.Puzzle",
    "stars": "night.Stars",
    "fireworks": "night.Fireworks",
    "campfire": "night.Campfire",
    "ocean": "nature.Ocean",
    "aquarium": "nature.Aquarium",
    "birds": "nature.Birds",
    "pets": "pets.Pets",
    "birthday": "home.Birthday",
    "unboxing": "home.Unboxing",
    "news": "home.News",
}


def find(name: str) -> type[Scene]:
    """The scene class of that name; an unknown name is answered with the known ones."""
    if name not in SCENES:
        raise ValueError(f"unknown scene {name!r}; known: {', '.join(sorted(SCENES))}")
    module, scene = SCENES[name].split(".")
    found: type[Scene] = getattr(import_module(f"{__name__}.{module}"), scene)
    return found
