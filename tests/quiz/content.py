"""All that there is to a question, as plain values: equal for equal questions, in whichever process they are made."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from hashlib import sha256
from typing import Any

from app.quiz.generator import GENERATORS, question
from app.quiz.generators import LOADED
from app.quiz.pool import Pool
from app.quiz.question import Question
from app.sim.export import to_json
from app.sim.scenario import Scenario, written
from app.sim.trace import Trace

assert LOADED


def content(value: Any) -> Any:
    """What a question, or a part of it, says."""
    match value:
        case Trace():
            return to_json(value)
        case Scenario():
            return written(value)
        case frozenset():
            return sorted((content(part) for part in value), key=repr)
        case Mapping():
            return {key: content(part) for key, part in value.items()}
        case tuple() | list():
            return [type(value).__name__, *(content(part) for part in value)]
    if is_dataclass(value):
        return {field.name: content(getattr(value, field.name)) for field in fields(value)}
    return value


def anew(id: str, seed: int) -> Question:
    """The question, made and not remembered."""
    return question.__wrapped__(id, seed)


def digests(seed: int) -> dict[str, str]:
    """A digest of every generator's question with that seed, and of a quiz on all there is."""
    made = {id: content(anew(id, seed)) for id in GENERATORS}
    made["quiz"] = content(Pool({}).draw([one.skill for one in GENERATORS.values()], seed, 100))
    return {id: sha256(json.dumps(told, sort_keys=True).encode()).hexdigest() for id, told in made.items()}
