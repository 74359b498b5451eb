"""How many reference strings a second are read, on one core, in batch and one by one.

    python -m benchmarks.references [--data ../shared/data/references] [--repeats 3]

Strings are the tagged references' where the folder is there, else those that the bundled papers
list. Time is CPU time of the process, after one batch that loads the model.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

FEWEST = 10_000


def strings(folder: Path) -> list[str]:
    """At least ``FEWEST`` reference strings, mixed in a fixed order."""
    found: list[str] = []
    for path in sorted(folder.glob("*/*.xml")):
        root = ElementTree.parse(path).getroot()
        found += (" ".join(" ".join(element.itertext()).split()) for element in root)
    if not found:
        found = [
            "A. Vaswani, N. Shazeer and N. Parmar. Attention is all you need. In Advances in "
            "Neural Information Processing Systems, pages 5998–6008, 2017.",
            "Lecun, Y.; Bottou, L. (1998). Gradient-based learning applied to document "
            "recognition. Proceedings of the IEEE. 86 (11): 2278–2324. doi:10.1109/5.726791.",
            "P. W. Anderson, Phys. Rev. 109, 1492 (1958).",
        ]
    found *= -(-FEWEST // len(found))
    random.Random(1).shuffle(found)
    return found


def rate(read: Callable[[list[str]], object], texts: list[str], repeats: int) -> float:
    """Texts per second of CPU, the median of ``repeats`` runs."""
    rates = []
    for _ in range(repeats):
        began = time.process_time()
        read(texts)
        rates.append(len(texts) / (time.process_time() - began))
    return statistics.median(rates)


def main() -> None:
    """Print the table."""
    from graphbuild.references import find, parse, parse_all  # noqa: PLC0415 - timed below

    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data/references"))
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    texts = strings(arguments.data)
    began = time.process_time()
    parse(texts[0])
    first = time.process_time() - began
    page = "References\n" + "\n".join(f"[{n}] {text}" for n, text in enumerate(texts[:1000], 1))
    print("| | per second of CPU |")
    print("|---|---|")
    print(
        f"| parse_all, {len(texts)} references | {rate(parse_all, texts, arguments.repeats):.0f} |"
    )
    one_by_one = rate(lambda some: [parse(text) for text in some], texts[:500], arguments.repeats)
    print(f"| parse, one by one | {one_by_one:.0f} |")
    found = rate(lambda _: find(page), texts[:1000], arguments.repeats)
    print(f"| find, a bibliography of 1,000 entries | {found:.0f} |")
    print(f"\nThe first reference takes {first * 1000:.0f} ms: NumPy, the model.")


if __name__ == "__main__":
    main()
