"""Reading dirty text: folding for comparison, LaTeX and mojibake for display.

``fold`` decides which titles and names are equal, so every room that compares text uses it and
nothing else.
"""

from __future__ import annotations

import functools
import hashlib
import re
import unicodedata
from importlib import resources

__all__ = ["clean", "fold", "key", "mend", "slug", "unlatex"]

SLUG_LENGTH = 80
SLUG_KEPT = 60

# Letters that Unicode does not decompose into a base letter and an accent.
_STROKES = str.maketrans(
    {
        "ł": "l", "đ": "d", "ð": "d", "ø": "o", "ħ": "h", "ŧ": "t", "ı": "i", "ŋ": "n",
        "æ": "ae", "œ": "oe", "ß": "ss", "þ": "th", "ĸ": "k", "ə": "e", "ȷ": "j", "ƒ": "f",
    }
)  # fmt: skip

_ACCENTS = {
    "'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304",
    ".": "\u0307", "u": "\u0306", "v": "\u030c", "H": "\u030b", "c": "\u0327", "d": "\u0323",
    "b": "\u0331", "k": "\u0328", "r": "\u030a",
}  # fmt: skip

_LETTERS = {
    "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ",
    "OE": "Œ", "aa": "å", "AA": "Å", "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "th": "þ",
    "TH": "Þ", "dj": "đ", "DJ": "Đ", "ng": "ŋ", "NG": "Ŋ",
}  # fmt: skip

_GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε",
    "zeta": "ζ", "eta": "η", "theta": "θ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ",
    "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ",
    "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ",
    "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ",
    "Omega": "Ω", "ell": "ℓ", "infty": "∞", "times": "×", "to": "→", "rightarrow": "→",
    "pm": "±", "sim": "~", "leq": "≤", "geq": "≥", "cdot": "·", "ldots": "…", "dots": "…",
}  # fmt: skip

_SYMBOL_ACCENT = re.compile(
    r"\\(['`^\"~=.])\s*(?:\{\s*(\\?[^\W\d_]+)\s*\}|(\\[ij](?![A-Za-z])|[^\W\d_]))"
)
_LETTER_ACCENT = re.compile(
    r"\\([uvHcdbkr])(?:\s*\{\s*(\\?[^\W\d_]+)\s*\}|\s+(\\[ij](?![A-Za-z])|[^\W\d_]))"
)
_LETTER_COMMAND = re.compile(
    r"\\("
    + "|".join(sorted(_LETTERS, key=len, reverse=True))
    + r")(?![A-Za-z])(?:\{\}|\s+(?=[^\W\d_]))?"
)
_NAMED = re.compile(r"\\([A-Za-z]+)(?![A-Za-z])\s?")
_ESCAPED = re.compile(r"\\([%&$#_{}])")

_NOT_A_WORD = re.compile(r"[\W_]+")


def unlatex(text: str) -> str:
    r"""Replace LaTeX accents, special letters and simple maths by the characters they print.

    >>> unlatex(r"Cram\'er-Rao bounds and Csisz\'{a}r $f$-divergences")
    'Cramér-Rao bounds and Csiszár f-divergences'
    >>> unlatex(r"{\L}ukasz Ho\v{r}ava, H{\aa}kon \"O{}sterg\aa rd, 46.1\% of $\alpha$")
    'Łukasz Hořava, Håkon Östergård, 46.1% of α'
    """
    if "\\" not in text and "$" not in text and "{" not in text:
        return text
    text = _SYMBOL_ACCENT.sub(_compose, text)
    text = _LETTER_ACCENT.sub(_compose, text)
    text = _LETTER_COMMAND.sub(lambda match: _LETTERS[match[1]], text)
    text = _ESCAPED.sub(lambda match: "\ue000" + match[1], text)  # keep an escaped brace apart
    text = _NAMED.sub(lambda match: _GREEK.get(match[1], ""), text)
    text = re.sub(r"\\(?=\s|$)|(?<!\ue000)[{}$]", "", text)
    return text.replace("\ue000", "")


def _compose(match: re.Match[str]) -> str:
    letters = match[2] or match[3]
    if letters.startswith("\\"):
        letters = {"\\i": "i", "\\j": "j"}.get(letters, letters.lstrip("\\"))
    return unicodedata.normalize("NFC", letters[0] + _ACCENTS[match[1]]) + letters[1:]


def clean(text: str) -> str:
    r"""One line for people to read: LaTeX resolved, white space single, ends trimmed.

    >>> clean("Prompt diphoton production\n  at Tevatron")
    'Prompt diphoton production at Tevatron'
    """
    return " ".join(unlatex(text).split())


def fold(text: str) -> str:
    r"""Lower-case words without accents, LaTeX, ligatures or punctuation, one space between.

    Letters of other scripts stay as they are. Two titles are equal when their folds are.

    >>> fold(r"Self-Normalizing Cram\'er–Rao bounds: the ﬁrst ŁÓDŹ result!")
    'self normalizing cramer rao bounds the first lodz result'
    >>> fold("深度学习") == fold("深度学习 ")
    True
    """
    if not text.isascii() or "\\" in text or "$" in text or "{" in text:
        text = unicodedata.normalize("NFKD", unlatex(text).casefold())
        text = "".join(c for c in text if not unicodedata.combining(c)).translate(_STROKES)
    return _NOT_A_WORD.sub(" ", text.lower()).strip()


def key(text: str) -> str:
    """``fold`` without spaces, so that hyphenation and lost spaces do not matter.

    >>> key("Self Normalizing") == key("Self-normalizing") == key("Selfnormalizing")
    True
    """
    return fold(text).replace(" ", "")


def slug(text: str) -> str:
    """A readable, stable id part: the fold with hyphens, cut at 80 characters.

    A longer one keeps its first 60 characters, ``-``, and 10 digits of the SHA-256 of the whole.

    >>> slug("Layer Normalization")
    'layer-normalization'
    >>> len(slug("a very long title " * 20))
    71
    """
    whole = fold(text).replace(" ", "-")
    if len(whole) <= SLUG_LENGTH:
        return whole
    return f"{whole[:SLUG_KEPT]}-{hashlib.sha256(whole.encode()).hexdigest()[:10]}"


# -- mojibake ------------------------------------------------------------------------------------
#
# UTF-8 that was decoded as Latin-1 has two shapes in the wild. Where the bytes are whole
# ("â\x80\x99") ftfy mends it exactly. Where the control characters were lost on the way ("â"),
# what stood there has to be told from its surroundings.

_WHOLE_BYTES = re.compile(r"[Â-ô][\x80-\xbf]|[Ââ][€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")
_LIGATURE = re.compile(r"([^\W\d_]*)ï¬([^\W\d_]*)")
_LOST_EURO = re.compile(r"â¬")
_LOST_DASH = re.compile(r"(?<=\d)â(?=\d)|(?<=\s)â(?=\s)|(?<=[a-z])â(?=[A-Z])")
_LOST_APOSTROPHE = re.compile(r"(?<=[^\W\d_])â(?=(?:s|t|d|m|re|ve|ll)(?![^\W_]))|(?<=s)â(?=\s)")
_LOST_OPENING = re.compile(r"(?<![^\W_])â(?=\w)")
_LOST_CLOSING = re.compile(r"(?<=[\w.,;:!?)])â(?=[\s.,;:!?)]|$)")
_LOST_FIRST_BYTE = re.compile(r"Â(?=[ §©®°±µ¶·»«])")


def mend(text: str) -> str:
    """Mend text that was UTF-8 and got decoded as Latin-1, with or without its control bytes.

    Whole bytes are mended by ftfy. Where the control characters were lost, a lone ``â`` between
    digits is a dash, before ``s`` or ``t`` an apostrophe, at a word's edge a quotation mark, and
    ``ï¬`` is the ligature that makes an English word. Text that is right stays as it is.

    >>> mend("Googleâ\\x80\\x99s")
    'Google’s'
    >>> mend("Googleâs model, pages 434â443, Soï¬a and efï¬cient ï¬ow by Cristóbal")
    'Google’s model, pages 434–443, Sofia and efficient flow by Cristóbal'
    """
    if text.isascii():
        return text
    if _WHOLE_BYTES.search(text):
        import ftfy  # noqa: PLC0415 - slow to import, needed for dirty inputs only

        text = ftfy.fix_encoding(text)
    if "ï¬" in text:
        text = _LIGATURE.sub(_ligature, text)
    if "â" in text:
        text = _LOST_EURO.sub("€", text)
        text = _LOST_DASH.sub("–", text)
        text = _LOST_APOSTROPHE.sub("’", text)
        text = _LOST_OPENING.sub("“", text)
        text = _LOST_CLOSING.sub("”", text)
    return _LOST_FIRST_BYTE.sub("", text)


def _ligature(match: re.Match[str]) -> str:
    before, after = match[1], match[2]
    # "efï¬cient" keeps the f that its ligature began with outside of it, so only what the
    # listed word has beyond "before" and "after" is the ligature.
    for ligature in ("fi", "fl", "ff", "ffi", "ffl"):
        if (before + ligature + after).casefold() in _ligature_words():
            return before + ligature + after
    return before + "fi" + after


@functools.cache
def _ligature_words() -> frozenset[str]:
    listed = resources.files("graphbuild").joinpath("ligature_words.txt").read_text("utf-8")
    return frozenset(word for word in listed.splitlines() if not word.startswith("#"))
