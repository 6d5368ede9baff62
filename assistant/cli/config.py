"""`hearthside config`: show what is in force and where it comes from, and check a file."""

import argparse
import json
import sys
from collections.abc import Iterator
from importlib.metadata import entry_points
from typing import Any

from pydantic.fields import FieldInfo

from assistant.config import Config, ConfigError, Loaded, Section, find_config, load_with_origin
from assistant.models.needed import needed_models
from assistant.server.exposure import check_exposure

ENGINE_KINDS = ("vad", "wake", "turn_end", "stt", "tts")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser("config", help="show and check the configuration")
    verbs = parser.add_subparsers(dest="verb", metavar="show|check", required=True)
    showing = verbs.add_parser("show", help="every key with its value, its meaning and where the value comes from")
    showing.add_argument(
        "--config", dest="file", metavar="FILE", help="a TOML file, or the name of one: desktop, kiosk"
    )
    showing.add_argument("--json", action="store_true", help="print one JSON document")
    checking = verbs.add_parser("check", help="whether a configuration can be used")
    checking.add_argument("file", nargs="?", metavar="FILE", help="a TOML file, or the name of one; default: your own")


def run(args: argparse.Namespace) -> int:
    """Show or check; a configuration that cannot be used raises ConfigError."""
    loaded = load_with_origin(find_config(args.file) if args.file else None)
    if args.verb == "check":
        _check(loaded.config)
        print(f"{args.file or 'the configuration'}: in order")
    elif args.json:
        json.dump(_document(loaded), sys.stdout, ensure_ascii=False, indent=2)
        print()
    else:
        print("\n".join(_toml(loaded)))
    return 0


def _check(config: Config) -> None:
    """What the types cannot tell: engines and models are names of things that must exist."""
    for kind in ENGINE_KINDS:
        name = getattr(config, kind).engine
        if (kind, name) == ("wake", "none"):
            continue
        installed = sorted(point.name for point in entry_points(group=f"hearthside.{kind}"))
        if name not in installed:
            raise ConfigError(f"{kind}.engine: no engine is called {name!r}; installed are {', '.join(installed)}")
    needed_models(config)
    check_exposure(config)


def _document(loaded: Loaded) -> dict[str, Any]:
    return {
        "values": {
            name: {key: _shown(field, getattr(section, key)) for key, field in type(section).model_fields.items()}
            for name, section in _sections(loaded.config)
        },
        "origin": {f"{section}.{key}": source for (section, key), source in loaded.origin.items()},
    }


def _toml(loaded: Loaded) -> Iterator[str]:
    for number, (name, section) in enumerate(_sections(loaded.config)):
        if number:
            yield ""
        if section.__doc__:
            yield f"# {section.__doc__}"
        yield f"[{name}]"
        for key, field in type(section).model_fields.items():
            source = loaded.origin.get((name, key), "default")
            yield from (f"# {line}" for line in (field.description or "").splitlines())
            if field.repr:
                yield f"{key} = {_toml_value(getattr(section, key))}  # {source}"
            else:
                state = "set and not shown" if getattr(section, key) else "not set"
                yield f"# {key}: {state}  # {source}"


def _sections(config: Config) -> Iterator[tuple[str, Section]]:
    for name in type(config).model_fields:
        yield name, getattr(config, name)


def _shown(field: FieldInfo, value: Any) -> Any:
    """A value as it may be printed; of a secret only whether it is set."""
    return value if field.repr else "(set)" if value else ""


def _toml_value(value: str | bool | int | float | tuple[str, ...]) -> str:
    # JSON's strings, numbers and booleans are TOML's, but for DEL, which JSON leaves bare.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
