"""What a soak has measured, and the bounds that it has to keep."""

from dataclasses import dataclass


@dataclass
class Figure:
    """One line of the table. Without a limit it only informs."""

    name: str
    value: float
    at_most: float | None = None
    at_least: float | None = None

    @property
    def holds(self) -> bool:
        above = self.at_most is not None and self.value > self.at_most
        below = self.at_least is not None and self.value < self.at_least
        return not (above or below)

    @property
    def row(self) -> str:
        bounds = [f"<= {self.at_most:,g}"] if self.at_most is not None else []
        bounds += [f">= {self.at_least:,g}"] if self.at_least is not None else []
        value = f"{self.value:,.1f}" if isinstance(self.value, float) else f"{self.value:,}"
        return f"{self.name:<44}{value:>16}  {', '.join(bounds):<12}{'' if self.holds else '  OUT OF BOUNDS'}"


def slope(samples: list[tuple[float, float]]) -> float:
    """Of the straight line through (x, y) with the least squares; 0 when there is none."""
    if len(samples) < 2:
        return 0.0
    mean_x = sum(x for x, _ in samples) / len(samples)
    mean_y = sum(y for _, y in samples) / len(samples)
    spread = sum((x - mean_x) ** 2 for x, _ in samples)
    return sum((x - mean_x) * (y - mean_y) for x, y in samples) / spread if spread else 0.0
