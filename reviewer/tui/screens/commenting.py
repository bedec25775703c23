"""Comments on lines, ranges and files: written, rewritten, deleted and listed; and going to a place in the diff."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reviewer.text import plural
from reviewer.tui.row import Piece, Row
from reviewer.tui.screens.moving import Moving

if TYPE_CHECKING:
    from reviewer.diff.model import Side
    from reviewer.review.event import CommentWritten
    from reviewer.review.state import Comment


class Commenting(Moving):
    """The comments."""

    _delete_armed: str | None = None

    def action_comment(self) -> None:
        """Write a comment on the line or the selected lines, or rewrite the one under the cursor."""
        import secrets

        from reviewer.diff.anchor import line_anchor
        from reviewer.review.event import CommentWritten

        review = self.review
        if review is None:
            return
        existing = self._comment_under_cursor()
        if existing is not None:
            self._edit_comment(existing)
            return
        here, file = self.diff.location, self.diff.file
        if file is None:
            self.say("A comment needs a file of the diff.")
        elif here is None:
            self.action_comment_file()
        else:
            ranged = here.end_line != here.line
            event = CommentWritten(
                comment=secrets.token_hex(8),
                scope="range" if ranged else "line",
                text="",
                file=here.file.path,
                side=here.side,
                line=here.line,
                end_line=here.end_line if ranged else None,
                anchor=line_anchor(review.index, here.file, here.side, here.line),
            )
            end = f"–{here.end_line}" if ranged else ""
            said = self.diff.selected_text().strip("\n")
            self._write_comment(f"{here.file.path}:{here.line}{end}\n{said}", event)

    def action_comment_file(self) -> None:
        """Write a comment on the file under the cursor."""
        import secrets

        from reviewer.review.event import CommentWritten

        path = self.current_path()
        if path is None or self.review is None:
            return
        self._write_comment(path, CommentWritten(comment=secrets.token_hex(8), scope="file", text="", file=path))

    def action_select_lines(self) -> None:
        """Begin or end selecting lines."""
        if self.pane == "diff":
            self.diff.action_toggle_selection()

    def action_delete_comment(self) -> None:
        """Delete the comment under the cursor when the key comes twice."""
        from reviewer.review.event import CommentDeleted

        comment = self._comment_under_cursor()
        if comment is None:
            self.say("There is no comment of yours under the cursor.")
            return
        if self._delete_armed != comment.id:
            self._delete_armed = comment.id
            self.say("Again to delete this comment.")
            return
        self._delete_armed = None
        self.record(CommentDeleted(comment=comment.id))

    def action_resolve_comment(self) -> None:
        """Resolve the comment under the cursor: it asks for nothing any more; again opens it."""
        from reviewer.review.event import CommentResolved

        comment = self._comment_under_cursor()
        if comment is None:
            self.say("There is no comment of yours under the cursor.")
        elif self.record(CommentResolved(comment=comment.id, resolved=not comment.resolved)):
            self.say("Open again." if comment.resolved else "Resolved.", "dim")

    def action_list_comments(self) -> None:
        """List every comment; Enter goes to one."""
        from reviewer.tui.screens.reading import ListDialog

        review = self.review
        if review is None:
            return
        comments = sorted(review.state.comments.values(), key=lambda c: (c.file or "", c.line or 0))
        rows = [
            Row(
                (Piece(_where(comment), "dim"), Piece("  "), Piece(comment.text)),
                (Piece("resolved" if comment.resolved else "", "dim"),),
                key=comment.id,
                hanging=4,
                wrap=True,
            )
            for comment in comments
        ]
        if not rows:
            self.say("No comments yet. c writes one on a line, C on a file.")
            return

        def go(key: object) -> None:
            comment = review.state.comments.get(str(key)) if key is not None else None
            if comment is not None:
                self.go_to(comment.file, comment.side or "new", comment.line)

        self.app.push_screen(ListDialog(plural(len(rows), "comment"), rows), go)

    def go_to(self, file: str | None, side: Side, line: int | None) -> None:
        """Go to a place in the diff."""
        self.open_section(0)
        spans = self.review.index.files if self.review is not None else ()
        span = next((one for one in spans if file in {one.path, one.old_path}), None)
        if span is None:
            self.say("That place is not in the diff.")
        elif line is None:
            self.diff.goto_file(span.number)
        elif not self.diff.goto_line(line, file=span.number, side=side):
            self.say(f"Line {line:,} is not at hand; this is the nearest.")
        self.focus_pane("diff")

    def current_path(self) -> str | None:
        """Return the path under the cursor, in the diff or in the files."""
        raise NotImplementedError

    def note_under_cursor(self) -> str | None:
        """Return the id of the finding or comment under the diff's cursor."""
        raise NotImplementedError

    def _comment_under_cursor(self) -> Comment | None:
        note = self.note_under_cursor() if self.pane == "diff" else None
        return self.review.state.comments.get(note) if self.review is not None and note is not None else None

    def _edit_comment(self, comment: Comment) -> None:
        from reviewer.review.event import CommentWritten

        event = CommentWritten(
            comment=comment.id,
            scope=comment.scope,
            text=comment.text,
            file=comment.file,
            side=comment.side,
            line=comment.line,
            end_line=comment.end_line,
            anchor=comment.anchor,
        )
        self._write_comment(_where(comment), event)

    def _write_comment(self, where: str, event: CommentWritten) -> None:
        from reviewer.tui.screens.dialog import TextDialog

        def write(text: str | None) -> None:
            if text:
                self.record(replace(event, text=text))
                if self.diff.selection is not None:
                    self.diff.action_toggle_selection()

        self.app.push_screen(TextDialog("Comment", where, text=event.text), write)


def _where(comment: Comment) -> str:
    if comment.file is None:
        return "the change"
    return f"{comment.file}:{comment.line}" if comment.line else comment.file
