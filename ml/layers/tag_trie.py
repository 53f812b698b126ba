"""The names of tags as a trie: what a sequence generator may write next."""

from __future__ import annotations

from collections.abc import Sequence, Set

END = -1  # stands for the end of a name in a node


class Trie:
    """Sequences of tokens and what each means; a sequence may mean several things."""

    def __init__(self, sequences: Sequence[Sequence[int]]) -> None:
        self.children: list[dict[int, int]] = [{}]  # of each node: token -> node
        self.meanings: list[tuple[int, ...]] = [()]  # of each node: numbers of the sequences that end here
        self.ends: list[set[int]] = [set()]  # of each node: the nodes at and below it where a sequence ends
        for number, sequence in enumerate(sequences):
            if sequence:
                self._add(sequence, number)

    def _add(self, sequence: Sequence[int], number: int) -> None:
        path = [0]
        for token in sequence:
            following = self.children[path[-1]]
            if token not in following:
                following[token] = len(self.children)
                self.children.append({})
                self.meanings.append(())
                self.ends.append(set())
            path.append(following[token])
        self.meanings[path[-1]] += (number,)
        for node in path:
            self.ends[node].add(path[-1])

    def allowed(self, node: int, said: Set[int] = frozenset()) -> list[int]:
        """Tokens that may follow, END where a name may end; never towards nodes that were `said` alone."""
        onward = [token for token, child in self.children[node].items() if self.ends[child] - said]
        return [*onward, *([END] if self.meanings[node] and node not in said else [])]
