"""A child process for the tests of `audio.child`: does what its argument says."""

import os
import sys
import threading
import time

from audio.child_messages import PREFIX, encode
from audio.child_side import ParentPipe, connect


def flood() -> None:
    while True:
        sys.stderr.write("the same line over and over again\n" * 100)


def tear(pipe: ParentPipe) -> None:
    """Send a message in two halves, the second on demand."""
    whole = encode({"type": "torn"}, b"payload")
    requests = pipe.receive()
    for half in (whole[: PREFIX.size + 3], whole[PREFIX.size + 3 :]):
        next(requests)
        pipe._sink.write(half)
        pipe._sink.flush()


def main(behaviour: str) -> None:
    pipe = connect()
    if behaviour == "refuse":
        pipe.send({"type": "error", "message": "there is no sound card"})
        return
    if behaviour == "mute":
        time.sleep(60)
    print("this goes to standard error")  # noqa: T201
    pipe.send({"type": "ready", "pid": os.getpid()})
    match behaviour:
        case "flood":
            threading.Thread(target=flood, daemon=True).start()
        case "hang":
            time.sleep(60)
        case "tear":
            tear(pipe)
        case "babble":
            pipe._sink.write(b"\xff" * 64)
            pipe._sink.flush()
            time.sleep(60)
        case "list":
            pipe._sink.write(PREFIX.pack(2, 0) + b"[]")
            pipe._sink.flush()
            time.sleep(60)
    for header, payload in pipe.receive():
        if header["type"] == "die":
            print("I cannot go on")  # noqa: T201
            sys.exit(3)
        pipe.send(header, payload)


if __name__ == "__main__":
    main(sys.argv[1])
