"""What the daemon has done, in Prometheus' terms."""

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

from assistant.conversation.notices import Notice
from assistant.conversation.record import TurnRecord

BUCKETS_S = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0)


class Metrics:
    """Counts what it is told of; `page` is what a scraper reads."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()  # its own: there may be several daemons in a process
        self._requests = Counter(
            "assistant_requests", "Questions that were put, by the way they came", ["door"], registry=self._registry
        )
        self._responses = Counter(
            "assistant_responses", "Answers, by what gave them and how they ended", ["model", "outcome"],
            registry=self._registry,
        )  # fmt: skip
        self._latency = Histogram(
            "assistant_answer_latency_seconds", "From the last sound of the user's speech to the first of the answer",
            buckets=BUCKETS_S, registry=self._registry,
        )  # fmt: skip
        self._commit = Histogram(
            "assistant_commit_latency_seconds", "From the end of a turn, as decided, to the first sound of the answer",
            buckets=BUCKETS_S, registry=self._registry,
        )  # fmt: skip

    def observe(self, notice: Notice) -> None:
        """Take in what a conversation tells."""
        if not isinstance(notice, TurnRecord):
            return
        self.answered("voice", notice.route, notice.outcome)
        if notice.latency_ms is not None:
            self._latency.observe(notice.latency_ms / 1000)
        if notice.first_audio_out_s is not None:
            self._commit.observe(max(0.0, notice.first_audio_out_s - notice.committed_s))

    def answered(self, door: str, model: str, outcome: str) -> None:
        """A question that came through a door was answered by a model, or not."""
        self._requests.labels(door).inc()
        self._responses.labels(model, outcome).inc()

    def page(self) -> bytes:
        """The text exposition format."""
        return generate_latest(self._registry)
