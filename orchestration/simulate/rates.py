"""Rates, durations and mixes of the simulation, which are data: ``seeds/simulation``."""

import csv
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from orchestration.settings import PROJECT

SEEDS = PROJECT / "seeds" / "simulation"

# Upper end of a band (excluded), codes, and their shares, which add up to 1.
Band = tuple[float, NDArray[Any], NDArray[np.float64]]


@dataclass(frozen=True)
class Rates:
    """Numbers by name, and mixes of codes by name and band."""

    values: dict[str, float]
    mixes: dict[str, list[Band]]
    rows: list[dict[str, str]]

    def __getitem__(self, rate: str) -> float:
        return self.values[rate]

    def mix(self, name: str) -> list[Band]:
        """The bands of a mix in ascending order; one where it has none."""
        return self.mixes[name]


def load_rates(folder: Path = SEEDS) -> Rates:
    """The rates and mixes the engine draws with.

    ``rates.csv`` has one row per rate, ``mixes.csv`` one per mix, band (``up_to``, excluded, empty
    for the last) and code. Weights need not add up to anything.
    """
    with (folder / "rates.csv").open(encoding="utf-8") as file:
        rates = list(csv.DictReader(file))
    weights: dict[str, dict[float, dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
    with (folder / "mixes.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            weights[row["mix"]][float(row["up_to"] or "inf")][row["code"]] = float(row["weight"])
    mixes = {
        name: [
            (upper, np.array(list(codes)), np.array(list(codes.values())) / sum(codes.values()))
            for upper, codes in sorted(bands.items())
        ]
        for name, bands in weights.items()
    }
    return Rates({row["rate"]: float(row["value"]) for row in rates}, mixes, rates)
