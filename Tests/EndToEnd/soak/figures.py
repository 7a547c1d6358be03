"""The measured figures of a soak and their bounds."""

from dataclasses import dataclass


@dataclass
class Figure:
    """A line of the table. A figure without a bound is information only. A figure without a value was not measured."""

    name: str
    value: float | None
    at_most: float | None = None
    at_least: float | None = None

    @property
    def holds(self) -> bool:
        if self.value is None:
            return True
        above = self.at_most is not None and self.value > self.at_most
        below = self.at_least is not None and self.value < self.at_least
        return not (above or below)

    @property
    def row(self) -> str:
        return f"{self.name:<46}{self._text:>16}  {self._bounds:<12}{'' if self.holds else '  OUT OF BOUNDS'}"

    @property
    def _bounds(self) -> str:
        if self.at_most is not None and self.at_most == self.at_least:
            return f"= {self.at_most:,g}"
        bounds = [f"<= {self.at_most:,g}"] if self.at_most is not None else []
        bounds += [f">= {self.at_least:,g}"] if self.at_least is not None else []
        return ", ".join(bounds)

    @property
    def _text(self) -> str:
        if self.value is None:
            return "not measured"
        return f"{self.value:,.1f}" if isinstance(self.value, float) else f"{self.value:,}"


def slope(samples: list[tuple[float, float]]) -> float:
    """Returns the slope of the least-squares line through points (x, y), or 0 if there is no such line."""
    if len(samples) < 2:
        return 0.0
    mean_x = sum(x for x, _ in samples) / len(samples)
    mean_y = sum(y for _, y in samples) / len(samples)
    spread = sum((x - mean_x) ** 2 for x, _ in samples)
    return sum((x - mean_x) * (y - mean_y) for x, y in samples) / spread if spread else 0.0
