"""The option that most commands share: which configuration."""

import argparse
from collections.abc import Mapping
from typing import Any

from assistant.config import Config, find_config, load


def add_config_option(parser: argparse._ActionsContainer) -> None:
    """Let a command take `--config FILE`."""
    parser.add_argument("--config", metavar="FILE", help="a TOML file, or the name of one: desktop, kiosk")


def configuration(args: argparse.Namespace, overrides: Mapping[str, Mapping[str, Any]] | None = None) -> Config:
    """The configuration that `--config` names, or else the user's own. Raises ConfigError."""
    return load(find_config(args.config) if args.config else None, overrides=overrides)
