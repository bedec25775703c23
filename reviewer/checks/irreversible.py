"""Operations that reverting a commit does not undo: how they look in an added line, and which words mention them."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation that a revert cannot undo: its name, how it looks, where to look, and the words that mention it."""

    name: str
    looks: re.Pattern[str]
    words: re.Pattern[str]
    paths: re.Pattern[str] | None = None


def _made(name: str, looks: str, words: str, paths: str | None = None) -> Operation:
    return Operation(
        name,
        re.compile(looks, re.IGNORECASE),
        re.compile(words, re.IGNORECASE),
        None if paths is None else re.compile(paths, re.IGNORECASE),
    )


_MIGRATIONS = r"(?:^|/)(?:migrations?|alembic|versions|db|sql|schema)/|\.sql$"
REMOVES_FILES = "removes files recursively"
OPERATIONS = (
    _made(
        "drops a table, column or database",
        r"\bdrop\s+(?:table|column|database|schema|index)\b|\bop\.drop_(?:table|column)\b|\bremove_column\b|\bdrop_table\b"
        r"|\bmigrations\.(?:RemoveField|DeleteModel)\b|^\s*(?:sudo\s+)?dropdb\b",
        r"drop|table|column|schema|backup|restore|migrat|data",
    ),
    _made("truncates a table", r"\btruncate\s+(?:table\s+)?[\w.\"`]+\s*(?:;|['\"]|$)", r"truncat|backup|restore|data"),
    _made("deletes rows", r"\bdelete\s+from\s+[\w.\"`]+", r"delet|rows|backup|restore|data", _MIGRATIONS),
    _made(
        "deletes a bucket, queue, topic or volume",
        r"\b(?:delete_(?:bucket|queue|topic|stream|volume|table|database)|purge_queue|s3\s+rb\b|rb\s+s3://|kubectl\s+delete"
        r"|terraform\s+destroy|force_destroy\s*=\s*true|skip_final_snapshot\s*=\s*true)",
        r"bucket|queue|topic|volume|backup|snapshot|restore|recreat",
    ),
    _made(
        REMOVES_FILES,
        r"\brm\s+-[a-z]*r[a-z]*f?\b|\bshutil\.rmtree\s*\(|\bos\.RemoveAll\s*\(|\bfs\.rm(?:dir)?Sync\s*\([^)]*recursive"
        r"|\bremove_dir_all\s*\(|\bFileUtils\.rm_rf\b",
        r"rmtree|files|folder|director|backup|restore|delet|remov",
    ),
    _made(
        "publishes a version",
        r"\b(?:npm|pnpm|yarn|cargo)\s+publish\b|\btwine\s+upload\b|\bgem\s+push\b|\bpoetry\s+publish\b|\buv\s+publish\b"
        r"|\bpypa/gh-action-pypi-publish\b",
        r"publish|yank|release|version|deprecat",
    ),
    _made(
        "publishes an image",
        r"\b(?:docker|podman)\s+push\b|\bdocker/build-push-action\b",
        r"image|registry|tag|publish|push|version",
    ),
    _made(
        "empties or deletes stored data",
        r"\b(?:flushall|flushdb)\b|\.drop_collection\s*\(|\.dropDatabase\s*\(|\.deleteMany\s*\(\s*(?:\{\s*\})?\s*\)"
        r"|\bobjects\.all\(\)\.delete\(\)|\.delete_all\b|\bdestroy_all\b|\bmetadata\.drop_all\(|\bdb\.drop_all\(",
        r"data|delet|flush|restore|backup|rows|collection|drop",
    ),
    _made(
        "rewrites published history",
        r"\bgit\s+push\s+(?:[^\n]*\s)?(?:--force(?!-with-lease)|-f)\b|\bfilter-(?:branch|repo)\b",
        r"force|history|reflog|push",
    ),
)
SCRATCH = re.compile(
    r"te?mp|cache|build|dist\b|scratch|node_modules|\.venv|coverage|work_?dir|__pycache__", re.IGNORECASE
)
"""What is made again by itself: removing it loses nothing."""
