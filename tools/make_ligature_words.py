"""Write graphbuild/ligature_words.txt: English words whose lost ligature is not simply "fi".

Run with a word list such as Debian's ``wamerican`` (SCOWL by Kevin Atkinson, free to use, copy,
modify and distribute):

    python tools/make_ligature_words.py /usr/share/dict/words
"""

from __future__ import annotations

import sys
from pathlib import Path

LIGATURES = ("fi", "fl", "ff", "ffi", "ffl")
# Words of papers that a general list lacks.
TECHNICAL = [
    "reflow",
    "dataflow",
    "workflow",
    "workflows",
    "overflow",
    "underflow",
    "tensorflow",
    "optic",
    "overfit",
    "overfitting",
    "underfitting",
    "finetune",
    "finetuning",
    "affine",
    "affinity",
    "differentiable",
    "backoff",
    "softmax",
    "tradeoff",
    "offline",
    "shuffling",
    "shuffled",
    "shuffle",
    "shufflenet",
    "autodiff",
    "diffusion",
    "coefficients",
    "coefficient",
    "efficientnet",
    "flownet",
    "flops",
    "flop",
    "reflectance",
    "diffeomorphism",
    "diffeomorphic",
    "buffer",
    "buffers",
    "signoff",
    "staffing",
]
TARGET = Path(__file__).parents[1] / "graphbuild" / "ligature_words.txt"


def main(source: str) -> None:
    """Keep the words that mending needs to know."""
    words = {w.strip().casefold() for w in Path(source).read_text("utf-8").splitlines()}
    words = {w for w in words if w.isascii() and w.isalpha()} | set(TECHNICAL)
    listed = sorted(w for w in words if any(lig in w for lig in ("fl", "ff")))
    # "fi" is the default, so a word with "fi" alone matters only where another reading exists.
    listed_set = set(listed)
    listed += sorted(
        w
        for w in words - listed_set
        if "fi" in w and any(w.replace("fi", lig, 1) in listed_set for lig in LIGATURES[1:])
    )
    note = "# English words with ff, fl, ffi or ffl, from SCOWL (see the tool that makes this file)"
    TARGET.write_text("\n".join([note, *listed]) + "\n", "utf-8")
    print(f"{TARGET}: {len(listed)} words")


if __name__ == "__main__":
    main(sys.argv[1])
