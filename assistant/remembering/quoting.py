"""What somebody said, in their own words and with its day: for questions that facts cannot answer."""

import re
from collections.abc import Sequence
from datetime import datetime

from assistant.memory.episodes import Episode, Origin
from assistant.memory.facts.dates import resolve
from assistant.memory.facts.moments import Moment
from assistant.memory.facts.saying import day_said
from assistant.memory.recall import Recall, Recalled
from assistant.memory.store import log
from assistant.memory.store.store import Store
from assistant.remembering.replies import Reply
from assistant.remembering.request import request

QUOTED = 3
"""More cannot be listened to."""
LOOKED_AT = 20
LONGEST = 240
"""Characters of one quotation."""
MOST = 200
"""Of a time, the latest so many things that were said are looked through."""
_EMPTY = frozenset(
    re.findall(
        r"\w+",
        "what who whom whose which where when why how is are was were be been do does did have has had a an"
        " the my our your "
        "me i you we us it its s t m re ve of to in on at for from with about and or not that this these"
        " those there name "
        "called can could would will shall should again any anything something ever last next one know tell"
        " say said told "
        "time before now still much many old he she they his her their him them",
    )
)


async def quoted(store: Store, recall: Recall, topic: str, owner: str, now: datetime) -> Reply:
    """What its owner said of this, or at this time ("the garden", "yesterday"). Raises StoreError."""
    times = resolve(topic, now)
    period = times[0] if times else None
    wanted = words(_without(topic, times))
    if wanted:
        found = await recall.search(topic, owner=owner, limit=LOOKED_AT, now=now)
        said = [one.episode for one in found if wanted <= words(one.episode.text)]
    elif period is not None:
        since, until = period.start, period.end
        said = list(
            await store.read(
                lambda connection: log.by_time(connection, since=since, until=until, owner=owner, at_most=MOST)
            )
        )
    else:
        return Reply()
    told = sorted((one for one in said if is_telling(one, period)), key=lambda one: one.when)[-QUOTED:]
    if not told:
        return Reply(
            f"I don't remember you saying anything about {topic}." if wanted else "I remember nothing of that time."
        )
    return Reply(
        " ".join(quotation(one, now) for one in told),
        is_private=any(map(is_kept_back, told)),
        sources=tuple(one.id for one in told),
    )


def perhaps(found: Sequence[Recalled], question: str) -> Episode | None:
    """The first of what was found that has every word of the question that matters."""
    if not (wanted := words(question)):
        return None
    return next((one.episode for one in found if wanted <= words(one.episode.text) and is_telling(one.episode)), None)


def is_telling(episode: Episode, period: Moment | None = None) -> bool:
    """Whether its owner told something with it, and then: no question, no order to memory."""
    if episode.origin not in (Origin.USER, Origin.IMPORTED) or episode.text.rstrip().endswith("?"):
        return False
    is_then = period is None or period.start <= episode.when < period.end
    return is_then and ((wanted := request(episode.text)) is None or wanted.kind.value == "keep")


def names(episode: Episode, thing: str) -> bool:
    """Whether it names the thing, or a part of it."""
    return not words(thing).isdisjoint(words(episode.text))


def quotation(episode: Episode, now: datetime) -> str:
    """With its day and who said it: "On Tuesday you said: ..."."""
    said = " ".join(episode.text.split())[:LONGEST].rstrip(" .")
    who = "you" if episode.speaker == episode.owner else episode.speaker or "somebody"
    return f"{day_said(episode.when, now).capitalize()} {who} said: “{said}”."


def is_kept_back(episode: Episode) -> bool:
    """Whether it never leaves this machine."""
    return episode.sensitivity.value == "private"


def words(text: str) -> frozenset[str]:
    """Those that matter, in one form for one and many."""
    found = re.findall(r"\w+", text.casefold().replace("’", "'").replace("'s", ""))
    return frozenset(re.sub(r"(?<=\w\w\w)(?:es|s)$", "", word) for word in found if word not in _EMPTY)


def _without(topic: str, times: Sequence[Moment]) -> str:
    for moment in reversed(times):
        topic = topic[: moment.span[0]] + topic[moment.span[1] :]
    return topic
