"""`hearthside token`: make, list and revoke the tokens by which clients are let in."""

import argparse
import json
import sys

from assistant.server.tokens import Scope, TokenStore


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser("token", help="let clients in, and no longer")
    verbs = parser.add_subparsers(dest="verb", metavar="create|list|revoke", required=True)
    creating = verbs.add_parser("create", help="make a token, and print it: it cannot be shown again")
    creating.add_argument("name", metavar="NAME", help="of the client that it is for")
    creating.add_argument(
        "--scope",
        action="append",
        choices=list(Scope),
        metavar="SCOPE",
        help="what it is good for, once for each of converse (the default), memory, screen, admin",
    )
    listing = verbs.add_parser("list", help="which there are")
    listing.add_argument("--json", action="store_true", help="print one JSON document")
    revoking = verbs.add_parser("revoke", help="have one let nobody in any longer, in a running daemon, too")
    revoking.add_argument("name", metavar="NAME")


def run(args: argparse.Namespace) -> int:
    """Do what the verb says."""
    store = TokenStore()
    if args.verb == "create":
        scopes = sorted(set(args.scope or [Scope.CONVERSE]))
        token = store.create(args.name, scopes)
        print(token)
        told = f"good for {', '.join(scopes)}; it is not shown again. From now on every client needs a token"
        print(told, file=sys.stderr)
    elif args.verb == "revoke":
        left = store.revoke(args.name)
        print(f"{args.name}: revoked")
        if not left:
            print("none is left; a daemon that runs goes on to ask for one until it is restarted", file=sys.stderr)
    else:
        _list(store, as_json=args.json)
    return 0


def _list(store: TokenStore, *, as_json: bool) -> None:
    tokens = store.all()
    if as_json:
        entries = [{"name": one.name, "scopes": sorted(one.scopes), "since": one.since} for one in tokens]
        json.dump({"tokens": entries}, sys.stdout, ensure_ascii=False)
        print()
        return
    for one in tokens:
        print(f"{one.name}: {', '.join(sorted(one.scopes))}, since {one.since}")
    if not tokens:
        print("there is no token")
