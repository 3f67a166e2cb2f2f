"""Chance that can be repeated: one independent stream for each decision of one seed."""

from random import Random


class Dice:
    """Decides which variants a report gets, and remembers them.

    Each question has a stream of its own, so that a new variant leaves the others of a seed as they were.
    """

    def __init__(
        self, seed: str, messy: float, forced: frozenset[str] = frozenset(), barred: frozenset[str] = frozenset()
    ) -> None:
        self.seed = seed
        self.messy = messy
        self.forced = forced
        self.barred = barred
        self.applied: set[str] = set()

    def stream(self, name: str) -> Random:
        """A random stream that depends on the seed and `name` only."""
        return Random(f"{self.seed}/{name}")

    def has(self, feature: str, base: float) -> bool:
        """Whether `feature` is applied; `base` is its chance at messy = 0.5."""
        return self.may(feature, base * 2 * self.messy)

    def may(self, feature: str, chance: float) -> bool:
        """Whether `feature`, which is no mess, is chosen with `chance`."""
        if feature in self.barred:
            return False
        chosen = feature in self.forced or self.stream(f"has/{feature}").random() < chance
        if chosen:
            self.applied.add(feature)
        return chosen

    def withdraw(self, feature: str) -> None:
        """Forget a feature that turned out to have no place in this report."""
        self.applied.discard(feature)

    def bar(self, *features: str) -> None:
        """Rule out features that contradict one already chosen."""
        self.barred |= frozenset(features)

    def pick(self, name: str, *choices: str) -> str:
        """One of `choices`, the first one more often the tidier the report is meant to be."""
        rng = self.stream(f"pick/{name}")
        if rng.random() >= min(1.0, 2 * self.messy) * 0.75:
            return choices[0]
        return rng.choice(choices)
