"""Every action of the workstation, once: its name, keys, words and group.

Bindings, the command palette, the help and the footer are built from this table, so they cannot disagree. A person's
own `[keymap]` moves keys by the action's name; nothing that comes with a repository or packet is asked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal, TypeAlias

from textual.binding import Binding

from reviewer.errors import BadInputError
from reviewer.text import display_safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Where: TypeAlias = Literal["review", "dialog"]
Pane: TypeAlias = Literal["brief", "files", "diff", "reason", "page", "checklist"]

GROUPS = ("Move", "Panes", "Search", "Review", "Comments", "View", "Out", "Verdict", "Program")


@dataclass(frozen=True, slots=True)
class Action:
    """Something a person can do.

    Attributes:
        name: the Textual action, the binding's id and the key in `[keymap]`.
        keys: Textual key names, separated by commas; the first is the one that is shown.
        title: what it does, as it stands in the help and the palette.
        footer: the short word for the footer, empty if it is not shown there.
        panes: where the footer shows it; empty means everywhere.
        palette: whether the palette offers it (moving by one line makes no sense there).
        twice: the key has to be pressed twice.
    """

    name: str
    keys: str
    title: str
    group: str
    footer: str = ""
    panes: tuple[Pane, ...] = ()
    palette: bool = True
    where: Where = "review"
    twice: bool = False

    @property
    def call(self) -> str:
        """The Textual action: the name, with the number of a section as its argument."""
        stem, _, number = self.name.partition("section_")
        return f"section({number})" if number and not stem else self.name

    @property
    def shown(self) -> str:
        """The first key as people write it."""
        key = show_key(self.keys.split(",")[0])
        return key * 2 if self.twice else key

    @property
    def all_shown(self) -> str:
        """All keys as people write them."""
        keys = [show_key(key) for key in self.keys.split(",")]
        return " ".join(key * 2 if self.twice else key for key in keys)


_DIFF: tuple[Pane, ...] = ("diff",)
_LISTS: tuple[Pane, ...] = ("brief", "files", "reason", "page", "checklist")

ACTIONS: tuple[Action, ...] = (
    Action("cursor_down", "j,down", "Next line", "Move", palette=False),
    Action("cursor_up", "k,up", "Previous line", "Move", palette=False),
    Action("half_page_down", "ctrl+d", "Half a page down", "Move", palette=False),
    Action("half_page_up", "ctrl+u", "Half a page up", "Move", palette=False),
    Action("page_down", "pagedown", "Page down", "Move", palette=False),
    Action("page_up", "pageup", "Page up", "Move", palette=False),
    Action("top", "g,home", "First line", "Move", palette=False),
    Action("bottom", "G,end", "Last line", "Move", palette=False),
    Action("go_left", "h,left", "Sideways to the left", "Move", palette=False),
    Action("go_right", "l,right", "Sideways to the right", "Move", palette=False),
    Action("go_to_line", "colon", "Go to a line of this file", "Move"),
    Action("next_hunk", "right_square_bracket", "Next hunk, on across files", "Move", "hunk", _DIFF),
    Action("previous_hunk", "left_square_bracket", "Previous hunk", "Move"),
    Action("next_file", "full_stop", "Next file", "Move", "file", _DIFF),
    Action("previous_file", "comma", "Previous file", "Move"),
    Action("next_note", "right_curly_bracket", "Next finding or comment", "Move", "finding", _DIFF),
    Action("previous_note", "left_curly_bracket", "Previous finding or comment", "Move"),
    Action("next_pane", "tab", "Next pane", "Panes", "pane", _LISTS, palette=False),
    Action("previous_pane", "shift+tab", "Previous pane", "Panes", palette=False),
    *(
        Action(f"section_{number}", str(number), f"Brief section {number}", "Panes", palette=False)
        for number in range(1, 10)
    ),
    Action("show_diff", "0", "The diff", "Panes"),
    Action("show_runs", "m", "Runs: the test matrix, and what else running showed", "Panes"),
    Action("run_tests", "P", "Run the change's own tests, after showing the exact commands; again to stop", "Review"),
    Action("toggle_brief", "b", "Brief and files, open or folded", "Panes"),
    Action("toggle_checklist", "i", "Checklist, open or folded", "Panes"),
    Action("zoom", "z", "Let this pane fill the screen", "Panes"),
    Action("search", "slash", "Search this pane", "Search", "search", (*_LISTS, "diff")),
    Action("next_match", "n", "Next match", "Search", palette=False),
    Action("previous_match", "N", "Previous match", "Search", palette=False),
    Action("leave", "escape", "Clear the search, close what is open, back to the diff", "Search", palette=False),
    Action("open", "enter", "Open or unfold", "Review", "open", _LISTS, palette=False),
    Action("toggle_seen", "space", "Mark the hunk or file seen, or not", "Review", "seen", ("diff", "files")),
    Action("next_unseen", "u", "Next hunk not seen yet", "Review"),
    Action("answer", "a", "Answer the checklist row", "Review", "answer", ("checklist",)),
    Action("adopt", "A", "Adopt the finding: it becomes a point for the author", "Review", "adopt", ("checklist",)),
    Action(
        "set_aside", "x", "Dismiss the finding, or waive the gate, with a reason", "Review", "dismiss", ("checklist",)
    ),
    Action(
        "toggle_why", "t", "Why this hunk: the turn, the words and the edits behind it", "Review", "close", ("reason",)
    ),
    Action(
        "show_evidence",
        "E",
        "Evidence of the finding: both versions, the twin, the log",
        "Review",
        "evidence",
        ("checklist",),
    ),
    Action("toggle_blind", "B", "Blind first: cover the agent's words until the diff is seen", "Review"),
    Action("comment", "c", "Comment on the line or the selected lines", "Comments", "comment", _DIFF),
    Action("comment_file", "C", "Comment on the file", "Comments"),
    Action("select_lines", "v", "Select lines", "Comments"),
    Action("delete_comment", "d", "Delete the comment under the cursor", "Comments", twice=True),
    Action("resolve_comment", "r", "Resolve the comment under the cursor, or open it again", "Comments"),
    Action("list_comments", "at", "List all comments", "Comments"),
    Action("cycle_layout", "s", "Unified, split or by width", "View"),
    Action("toggle_wrap", "w", "Wrap long lines", "View"),
    Action("toggle_words", "W", "Mark changed words", "View"),
    Action("toggle_numbers", "L", "Line numbers", "View"),
    Action("cycle_order", "o", "Reading order: guided or by path", "View"),
    Action("choose_theme", "T", "Theme, with a live preview", "View"),
    Action("edit", "e", "Open a copy of the file in your editor at this line", "Out"),
    Action("copy", "y", "Copy as safe text", "Out"),
    Action("approve", "ctrl+a", "Approve: read the statement, then sign", "Verdict", "approve", (*_LISTS, "diff")),
    Action("reject", "ctrl+r", "Request changes: read the statement, then sign", "Verdict"),
    Action("reload", "R", "Reload, keeping place and marks", "Program"),
    Action("help", "question_mark", "Help", "Program"),
    Action("quit_review", "q", "Leave the view", "Program"),
)

DIALOG_ACTIONS: tuple[Action, ...] = (
    Action("save", "ctrl+s", "Save", "Comments", where="dialog"),
    Action("cancel", "escape", "Close without saving", "Comments", where="dialog"),
)

_KEY_WORDS = {
    "right_square_bracket": "]",
    "left_square_bracket": "[",
    "right_curly_bracket": "}",
    "left_curly_bracket": "{",
    "full_stop": ".",
    "comma": ",",
    "colon": ":",
    "slash": "/",
    "question_mark": "?",
    "at": "@",
    "space": "Space",
    "enter": "Enter",
    "escape": "Esc",
    "tab": "Tab",
    "shift+tab": "Shift+Tab",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "home": "Home",
    "end": "End",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
}

_KEY_NAMES = {word: name for name, word in _KEY_WORDS.items()}


def show_key(key: str) -> str:
    """Return a Textual key name as people write it: `ctrl+a` is `Ctrl+A`, `]` is `]`."""
    if word := _KEY_WORDS.get(key):
        return word
    if key.startswith("ctrl+"):
        rest = key.removeprefix("ctrl+")
        return f"Ctrl+{rest.upper() if len(rest) == 1 and rest in 'ar' else rest}"
    return key


@dataclass(frozen=True, slots=True)
class Keymap:
    """The table with one person's own keys in it."""

    actions: tuple[Action, ...] = ACTIONS

    @classmethod
    def of(cls, own: Mapping[str, str], source: str = "config.toml") -> Keymap:
        """Return the table with `own` keys (action name to keys separated by commas).

        Raises:
            BadInputError: no action has that name, or a key would do two things; the sentence names the file and key.
        """
        names = {action.name: action for action in ACTIONS}
        for name in own:
            if name not in names:
                near = get_close_matches(name, names, n=1)
                raise BadInputError(
                    f"{display_safe(source)}: keymap.{display_safe(name)}: there is no such action",
                    hint=f"did you mean '{near[0]}'?" if near else "the help (?) lists them all",
                )
        actions = tuple(replace(a, keys=_clean(own[a.name])) if a.name in own else a for a in ACTIONS)
        taken: dict[str, str] = {}
        for action in actions:
            for key in action.keys.split(","):
                if not key:
                    raise BadInputError(f"{display_safe(source)}: keymap.{action.name}: name at least one key")
                if key in taken:
                    moved = action.name if action.name in own else taken[key]
                    other = taken[key] if moved == action.name else action.name
                    raise BadInputError(
                        f"{display_safe(source)}: keymap.{moved}: '{display_safe(key)}' already does '{other}'",
                        hint=f"give '{other}' another key too",
                    )
                taken[key] = action.name
        return cls(actions)

    def bindings(self) -> list[Binding]:
        """Return the bindings for the review screen."""
        return [
            Binding(action.keys, action.call, action.title, show=False, id=action.name, priority=False)
            for action in self.actions
        ]

    def find(self, name: str) -> Action:
        """Return an action by name.

        Raises:
            KeyError: there is none.
        """
        for action in (*self.actions, *DIALOG_ACTIONS):
            if action.name == name:
                return action
        raise KeyError(name)

    def key(self, name: str) -> str:
        """Return the key of an action as people write it."""
        return self.find(name).shown

    def footer(self, pane: Pane) -> Iterator[tuple[str, str]]:
        """Yield (key, word) for what the footer says while `pane` has the focus; two-way moves are one entry."""
        if pane == "diff":
            yield f"{self.key('cursor_down')}/{self.key('cursor_up')}", "line"
        pairs = {"next_hunk": "previous_hunk", "next_file": "previous_file", "next_note": "previous_note"}
        for action in self.actions:
            if not action.footer or pane not in action.panes:
                continue
            back = pairs.get(action.name)
            yield (f"{action.shown}/{self.key(back)}" if back else action.shown), action.footer


def _clean(keys: str) -> str:
    return ",".join(_KEY_NAMES.get(key.strip(), key.strip()) for key in keys.split(","))


DEFAULT = Keymap()
