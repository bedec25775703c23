"""The ceremony: who signs, what exactly, the signature, where it is kept. Nothing here asks a person anything."""

from __future__ import annotations

from reviewer.workflow.approve.draft import Draft, draft
from reviewer.workflow.approve.feedback import feedback_of, write_feedback
from reviewer.workflow.approve.identity import Reviewer, identity
from reviewer.workflow.approve.port import ReviewUnderWay
from reviewer.workflow.approve.store import Receipt, sign, store
from reviewer.workflow.approve.surroundings import refuse_automation

__all__ = [
    "Draft",
    "Receipt",
    "ReviewUnderWay",
    "Reviewer",
    "draft",
    "feedback_of",
    "identity",
    "refuse_automation",
    "sign",
    "store",
    "write_feedback",
]
