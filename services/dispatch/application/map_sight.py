"""What one console sees of the map: a rectangle of the world, and a subtree of the organisation."""

from dataclasses import dataclass

from shared.vocabulary.boxes import WORLD, Box
from shared.vocabulary.organisation import within


@dataclass(frozen=True, slots=True)
class Sight:
    """`node`: the organisation's subtree that the caller may see."""

    node: str
    view: Box = WORLD

    def may_see(self, path: str) -> bool:
        """Whether what belongs to the node `path` is the caller's to see, wherever it is."""
        return within(path, self.node)
