"""Drawing: figures of one look, as SVG files that are the same for the same results."""

from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

PICTURES = Path("docs/pictures")
INK, SECOND = "#1a5fb4", "#c64600"


def figure(title: str = "", *, across: str = "", up: str = "") -> tuple[Figure, Axes]:
    """Return a figure with one plot.

    Args:
        title: Above it.
        across: What the horizontal axis shows.
        up: What the vertical axis shows.
    """
    made = Figure(figsize=(8, 3.4), layout="constrained")
    axes = made.subplots()
    axes.set(title=title, xlabel=across, ylabel=up)
    return made, axes


def save(made: Figure, name: str) -> None:
    """Write a figure; white behind it, so that it reads well on a dark page."""
    for axes in made.axes:
        axes.spines["top"].set_visible(False)
    with mpl.rc_context({"svg.hashsalt": name, "svg.fonttype": "none", "font.family": "sans-serif"}):
        made.savefig(PICTURES / f"{name}.svg", format="svg", metadata={"Date": None}, facecolor="white")
