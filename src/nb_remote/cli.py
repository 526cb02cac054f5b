"""The command line: ``nb-remote inspect URL|PATH [--json]``, ``nb-remote diagnose URL|PATH``."""

import argparse
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

from nb_remote.cli_credentials import add_credentials, credentials_of
from nb_remote.diagnosis import diagnose
from nb_remote.errors import NbRemoteError
from nb_remote.explore import open_dataset


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit status (0 found, 1 not, 2 wrong usage)."""
    options = _parser().parse_args(arguments)
    return int(options.run(options))


def _inspect(options: argparse.Namespace) -> int:
    try:
        places = [_place(text) for text in options.place]
        credentials = credentials_of(options, places)
        dataset = open_dataset(*places, credentials=credentials, timeout=options.timeout)
    except NbRemoteError as error:
        return _failed(error, options)
    if options.json:
        _print(dataset.datasource.json())
        for problem in (*dataset.failures, *(one.problem for one in dataset.broken)):
            sys.stderr.write(f"nb-remote: {problem}\n")
    else:
        _print(repr(dataset))
    return 0


def _diagnose(options: argparse.Namespace) -> int:
    place = _place(options.place)
    try:
        credentials = credentials_of(options, [place])
    except NbRemoteError as error:
        return _failed(error, options)
    found = diagnose(place, credentials=credentials, timeout=options.timeout)
    if options.json:
        steps = [{**asdict(one), "details": list(one.details)} for one in found.steps]
        told = {"address": found.address, "ok": found.ok, "code": found.code}
        told |= {"verdict": found.verdict, "hints": list(found.hints)}
        _print(json.dumps({**told, "steps": steps}, indent=2))
    else:
        _print(repr(found))
    return 0 if found.ok else 1


def _failed(error: NbRemoteError, options: argparse.Namespace) -> int:
    if options.json:
        _print(json.dumps({"error": {"code": error.code, "message": str(error)}}, indent=2))
    else:
        sys.stderr.write(f"nb-remote: {error}\n")
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="nb-remote", description="Look at huge remote volumes without downloading them."
    )
    commands = parser.add_subparsers(required=True, metavar="command")
    inspect = commands.add_parser(
        "inspect",
        help="say what lies at an address, and how that is known",
        description="Say what lies at an address, and how that is known. Reads metadata only, "
        "and one chunk where they don't tell an image from a segmentation.",
    )
    inspect.add_argument(
        "place",
        nargs="+",
        metavar="address",
        help="address of a volume, or path of a folder or zip file; several make one dataset",
    )
    inspect.add_argument(
        "--json", action="store_true", help="print the WEBKNOSSOS datasource JSON instead"
    )
    inspect.set_defaults(run=_inspect)
    why = commands.add_parser(
        "diagnose",
        help="say why an address opens or not, and what to try",
        description="Say step by step why an address opens or not, and what to try. Takes 20 s at "
        "most.",
    )
    why.add_argument("place", metavar="address", help="address of a volume, or path")
    why.add_argument("--json", action="store_true", help="print it as JSON")
    why.set_defaults(run=_diagnose)
    for one in (inspect, why):
        one.add_argument(
            "--timeout",
            type=_seconds,
            default=None,
            help="seconds until a silent server is given up",
        )
        add_credentials(one)
    return parser


def _place(text: str) -> str | Path:
    """Take what a person typed for a path where it looks like one, or exists on this machine."""
    if "://" in text:
        return text
    path = Path(text).expanduser()
    looks_local = path.is_absolute() or text.startswith((f".{os.sep}", f"..{os.sep}", "~"))
    return path if looks_local or os.path.lexists(path) else text


def _seconds(text: str) -> float:
    seconds = float(text)
    if not seconds > 0:
        raise ValueError(text)
    return seconds


_seconds.__name__ = "number of seconds"  # argparse: "invalid number of seconds value: '-1'"


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
