"""Tools: where infra/check/setup has put what the checks work with."""

from pathlib import Path

TOOLS = Path(__file__).resolve().parents[2] / ".cache" / "infra"
