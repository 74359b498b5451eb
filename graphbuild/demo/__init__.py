"""The bundled corpus: bibliographic facts of some papers on machine learning from 2016 to 2020.

Ids, titles, names, dates, categories and reference lists, as ``tools/make_demo_corpus.py`` wrote
them: no abstracts, no text. One file for each kind of source that they were met in, so that the
demo shows what resolving them into one graph means.
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["corpus"]


def corpus() -> list[Path]:
    """The corpus' files, to be given to ``graphbuild.build``.

    >>> [path.name for path in corpus()]
    ['dataset.jsonl', 'listing.jsonl', 'summaries.jsonl', 'trending.jsonl']
    """
    return sorted(Path(__file__).parent.glob("*.jsonl"))
