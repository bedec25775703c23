"""A session log whose values have the wrong kinds everywhere: what is not understood is kept, and nothing breaks."""

from __future__ import annotations

import json

import pytest

from tests.support.session_log import read_log


@pytest.mark.parametrize("kind", [["x"], {"x": 1}, None, 5])
@pytest.mark.parametrize("speaker", ["assistant", "user"])
def test_a_block_whose_type_is_no_text_is_kept_as_unknown(kind: object, speaker: str) -> None:
    record = {
        "type": speaker,
        "uuid": "u",
        "timestamp": "2026-01-02T03:04:05Z",
        "sessionId": "s",
        "message": {"role": speaker, "content": [{"type": kind, "text": "words"}]},
    }
    run = read_log(json.dumps(record).encode() + b"\n")
    assert sum(run.unknown.values()) == 1
