"""Write docs/cli.md from the commands themselves: ``make docs``, or with ``--check`` compare only.

The text is made of what the commands declare and not of what click prints, so that a release of
click with other line breaks changes nothing.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from graphbuild.cli import main as graphbuild

TARGET = Path(__file__).parents[1] / "docs" / "cli.md"
HEAD = """# Command line

<!-- Written by tools/make_cli_reference.py: change the commands, then run `make docs`. -->
"""


def reference() -> str:
    """The whole page."""
    sections = [HEAD, *_section(graphbuild, "graphbuild", "##")]
    for name in graphbuild.commands:
        sections += _section(graphbuild.commands[name], f"graphbuild {name}", "##")
    return "\n".join(sections)


def _section(command: click.Command, name: str, heading: str) -> Iterator[str]:
    text, example = _help(command)
    options = [param for param in command.params if isinstance(param, click.Option)]
    arguments = [param for param in command.params if isinstance(param, click.Argument)]
    usage = [name, *(param.metavar or (param.name or "").upper() for param in arguments)]
    usage += [f"{param.opts[0]} {_value(param)}" for param in options if param.required]
    usage += ["[OPTIONS]"] if any(not param.required for param in options) else []
    usage += ["COMMAND …"] if isinstance(command, click.Group) else []
    yield f"{heading} {name}\n"
    yield f"{text}\n"
    yield f"    {' '.join(usage)}\n"
    if options:
        yield "| option | what it does |\n|---|---|"
        yield from (_row(param) for param in options)
        yield ""
    if example:
        yield f"```sh\n{example}\n```\n"


def _help(command: click.Command) -> tuple[str, str]:
    """The description and the example of a command."""
    text = inspect.cleandoc(command.help or "").replace("\b\n", "").replace("\f", "")
    description, _, example = text.partition("Example:\n")
    return " ".join(description.split()), inspect.cleandoc(example)


def _row(option: click.Option) -> str:
    names = ", ".join(f"`{name}`" for name in option.opts + option.secondary_opts)
    value = _value(option)
    notes = [option.help or ""]
    if option.required:
        notes.append("Required.")
    if option.multiple:
        notes.append("May be repeated.")
    if option.show_default and not option.is_flag:
        notes.append(f"Default: `{option.default}`.")
    cells = f"{names}{f' `{value}`' if value else ''}", " ".join(note for note in notes if note)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _value(option: click.Option) -> str:
    if option.is_flag:
        return ""
    if option.metavar:
        return option.metavar
    if isinstance(option.type, click.Choice):
        return "|".join(str(choice) for choice in option.type.choices)
    return option.type.name.upper().removesuffix(" RANGE")


def main(arguments: list[str]) -> int:
    """Write the page, or say whether it is what it should be."""
    text = reference()
    if "--check" not in arguments:
        TARGET.write_text(text, encoding="utf-8")
        return 0
    if TARGET.is_file() and TARGET.read_text(encoding="utf-8") == text:
        return 0
    print(f"{TARGET.name} is not what the commands say: run make docs", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
