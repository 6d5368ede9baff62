"""Fuzz a running server's HTTP API by its own description, /openapi.json: requests as they should be, and others.

    python scripts/fuzz_http.py http://127.0.0.1:8765 --examples 500

Every answer must be as described: never a 500, nor another form of error; 503 is for engines that cannot do what was
asked for. Afterwards an ordinary question is asked, and the exit status is 0 if all was well. Requests beyond
`server.requests_per_minute` are told to come later: raise it for the run.
"""

import argparse
import io
import sys
import warnings
from collections import Counter
from typing import Any

import httpx
import hypothesis
import numpy as np
import schemathesis
import soundfile
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, CheckContext, GenerationMode, Response
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)


def no_defect(context: CheckContext, response: Response, case: Case) -> None:
    """Nothing that is the server's own fault."""
    assert response.status_code < 500 or response.status_code == 503, f"{response.status_code}: {response.text[:500]}"


def recording() -> bytes:
    """A tenth of a second that can be read."""
    file = io.BytesIO()
    soundfile.write(file, np.zeros(1600, np.int16), 16_000, format="WAV")
    return file.getvalue()


schemathesis.openapi.format("binary", st.binary(max_size=2000) | st.just(recording()) | st.just(recording()[:60]))


def fuzz(url: str, examples: int, seed: int, headers: dict[str, str]) -> Counter[str]:
    """So many requests of each kind to each operation; how many got which status. Raises AssertionError, or a group."""
    answered: Counter[str] = Counter()
    checks: list[Any] = [no_defect, content_type_conformance, response_schema_conformance, status_code_conformance]
    schema = schemathesis.openapi.from_url(f"{url}/openapi.json", headers=headers)
    for result in schema.get_all_operations():
        operation = result.ok()
        kinds = list(GenerationMode) if operation.body else [GenerationMode.POSITIVE]
        for kind in kinds:

            @hypothesis.seed(seed)
            @settings(
                max_examples=examples if operation.body else 1,
                deadline=None,
                database=None,
                phases=[Phase.generate, Phase.shrink],
                suppress_health_check=list(HealthCheck),
            )
            @given(case=operation.as_strategy(generation_mode=kind))
            def ask(case: Case) -> None:
                response = case.call(headers=headers, timeout=120)
                answered[f"{case.method} {case.path} {response.status_code}"] += 1
                case.validate_response(response, checks=checks)

            with warnings.catch_warnings():  # on what can be generated at all
                warnings.simplefilter("ignore")
                ask()
    return answered


def answers(url: str, headers: dict[str, str]) -> bool:
    """Whether an ordinary question is answered."""
    asked = {"messages": [{"role": "user", "content": "What is the capital of France?"}]}
    answer = httpx.post(f"{url}/v1/chat/completions", json=asked, headers=headers, timeout=120)
    return answer.status_code == 200 and bool(answer.json()["choices"][0]["message"]["content"])


def main(url: str, examples: int, seed: int, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    for answered, count in sorted(fuzz(url, examples, seed, headers).items()):
        print(f"{count:6} {answered}")
    is_well = answers(url, headers)
    print("it answers" if is_well else "it is broken")
    return 0 if is_well else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("--examples", type=int, default=500, help="of each kind for each operation")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--token", default="")
    args = parser.parse_args()
    sys.exit(main(args.url, args.examples, args.seed, args.token))
