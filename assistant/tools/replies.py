"""What is said and done on a short command."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from assistant.conversation.local_reply import GO_ON, BeSilent, LocalReply, SetPace, SetVolume, Situation
from assistant.conversation.pace import USUAL, Pace
from assistant.conversation.volume import Volume
from assistant.tools.grammar import Meaning
from assistant.tools.spoken_clock import SpokenClock

STEPS = {"little": 1, "": 2, "much": 3}
"""Steps that "a bit louder", "louder" and "much louder" mean: 3, 6 and 9 dB; of pace, 10, 21 and 33 %."""


class Replies:
    """Replies to what the grammar understands."""

    def __init__(self, fixed: Mapping[str, str], clock: SpokenClock, now: Callable[[], datetime]) -> None:
        """`fixed` are the sentences of the language's data, by intent or case; `now` is the user's local time."""
        self._fixed = fixed
        self._clock = clock
        self._now = now

    def to(self, meaning: Meaning, situation: Situation) -> LocalReply:
        """The reply to a command. Nothing is done: what is to be done stands in it."""
        match meaning.intent:
            case "stop" as intent:
                return LocalReply(intent, self._fixed[intent], BeSilent())
            case "repeat" as intent:
                return LocalReply(intent, situation.last_answer or self._fixed["nothing_to_repeat"])
            case meant if meant == GO_ON:
                return LocalReply(meant, situation.unheard)
            case "volume_up" | "volume_down" as intent:
                steps = STEPS[str(meaning.slot("amount", ""))] * (1 if intent == "volume_up" else -1)
                return self._volume(intent, situation.volume, situation.volume.changed_by(steps))
            case "volume_set" as intent:
                level = meaning.slot("level", 0) or meaning.slot("extreme", 0)
                return self._volume(intent, situation.volume, Volume(int(level)))
            case "faster" | "slower" as intent:
                steps = STEPS[str(meaning.slot("amount", ""))] * (1 if intent == "faster" else -1)
                return self._pace(intent, situation.pace, situation.pace.changed_by(steps))
            case "usual_pace" as intent:
                return LocalReply(intent, self._fixed["pace_changed"], SetPace(USUAL))
            case "time" as intent:
                return LocalReply(intent, self._clock.time(self._now()))
            case "date" as intent:
                return LocalReply(intent, self._clock.date(self._now(), int(meaning.slot("other_day", 0))))
            case "day" as intent:
                return LocalReply(intent, self._clock.day(self._now(), int(meaning.slot("other_day", 0))))
            case "month" as intent:
                return LocalReply(intent, self._clock.month(self._now()))
            case "year" as intent:
                return LocalReply(intent, self._clock.year(self._now()))
            case intent:
                return LocalReply(intent, self._fixed[intent])

    def sayings(self, minutes: int) -> list[str]:
        """All fixed replies, and those about the time for so many minutes from now: what a voice can make ahead."""
        now = self._now()
        times = [self._clock.time(now + timedelta(minutes=ahead)) for ahead in range(minutes)]
        dates = [self._clock.date(now), self._clock.day(now)] if minutes else []
        return list(dict.fromkeys([*filter(None, self._fixed.values()), *times, *dates]))

    def _volume(self, intent: str, before: Volume, after: Volume) -> LocalReply:
        if before == after and after == after.changed_by(1):
            text = self._fixed["volume_is_loudest"]
        elif before == after and after == after.changed_by(-1):
            text = self._fixed["volume_is_quietest"]
        else:
            text = self._fixed["volume_changed"]
        return LocalReply(intent, text, SetVolume(after))

    def _pace(self, intent: str, before: Pace, after: Pace) -> LocalReply:
        if before == after:
            text = self._fixed["pace_is_fastest" if intent == "faster" else "pace_is_slowest"]
        else:
            text = self._fixed["pace_changed"]
        return LocalReply(intent, text, SetPace(after))
