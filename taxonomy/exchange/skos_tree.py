"""One parent for each concept, from a graph in which it may have several, or be above itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.utils.translation import gettext as _
from rdflib import SKOS, Graph, URIRef


class Tree:
    """`parents`: the one that counts; `further`: the others; `remarks`: what was not followed, in words."""

    def __init__(self, made: Graph, concepts: list[URIRef]) -> None:
        self.remarks: list[str] = []
        self.above = self._above(made, set(concepts))
        self.depths = self._depths(concepts)
        self.parents: dict[URIRef, URIRef] = {}
        self.further: dict[URIRef, list[URIRef]] = {concept: [] for concept in concepts}
        for concept in concepts:
            self._choose(concept)
        self._cut()

    def _above(self, made: Graph, concepts: set[URIRef]) -> dict[URIRef, set[URIRef]]:
        pairs = {*made.subject_objects(SKOS.broader)} | {(o, s) for s, o in made.subject_objects(SKOS.narrower)}
        above: dict[URIRef, set[URIRef]] = defaultdict(set)
        for concept, broader in sorted(pairs, key=lambda pair: (str(pair[0]), str(pair[1]))):
            if broader not in concepts or concept not in concepts:
                self.remarks.append(_("%(uri)s is in none of the file's schemes") % {"uri": broader})
            elif concept == broader:
                self.remarks.append(_("%(uri)s is broader than itself; this was left out") % {"uri": concept})
            elif isinstance(broader, URIRef) and isinstance(concept, URIRef):
                above[concept].add(broader)
        return above

    def _depths(self, concepts: Iterable[URIRef]) -> dict[URIRef, int]:
        """How far each concept is from the nearest one without a broader one."""
        below: dict[URIRef, list[URIRef]] = defaultdict(list)
        for concept, broader in self.above.items():
            for each in broader:
                below[each].append(concept)
        level: list[URIRef] = [concept for concept in concepts if not self.above.get(concept)]
        depths: dict[URIRef, int] = dict.fromkeys(level, 0)
        while level:
            depth = depths[level[0]] + 1
            level = sorted({child for each in level for child in below[each] if child not in depths})
            depths |= dict.fromkeys(level, depth)
        return depths

    def _choose(self, concept: URIRef) -> None:
        far = len(self.further) + 1
        candidates = sorted(self.above.get(concept, ()), key=lambda parent: (self.depths.get(parent, far), parent))
        if not candidates:
            return
        self.parents[concept], self.further[concept] = candidates[0], candidates[1:]
        if candidates[1:]:
            told = {"uri": concept, "parent": candidates[0], "others": ", ".join(candidates[1:])}
            self.remarks.append(_("%(uri)s stands below %(parent)s; also below: %(others)s") % told)

    def _cut(self) -> None:
        """Concepts that no root leads to hang on a ring: each ring is opened where its first address is."""
        sound: set[URIRef] = set()
        for start in sorted(self.further):
            trail: list[URIRef] = []
            on_it: set[URIRef] = set()
            concept: URIRef | None = start
            while concept is not None and concept not in sound and concept not in on_it:
                trail.append(concept)
                on_it.add(concept)
                concept = self.parents.get(concept)
            if concept is not None and concept in on_it:
                ring = trail[trail.index(concept) :]
                del self.parents[min(ring)]
                self.remarks.append(_("a ring of broader concepts was opened: %(ring)s") % {"ring": " < ".join(ring)})
            sound |= on_it
