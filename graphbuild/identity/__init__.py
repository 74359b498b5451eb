"""Who is who: which mentions speak of the same paper, and which names of the same author."""

from graphbuild.identity.authors import AuthorMentions, resolve_authors
from graphbuild.identity.evidence import PapersOfAuthors
from graphbuild.identity.near import Claims
from graphbuild.identity.papers import PaperMentions, Resolution, paper_ids, resolve_papers

__all__ = [
    "AuthorMentions",
    "Claims",
    "PaperMentions",
    "PapersOfAuthors",
    "Resolution",
    "paper_ids",
    "resolve_authors",
    "resolve_papers",
]
