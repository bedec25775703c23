"""An empty Textual application: the floor that every first paint is held against."""

from textual.app import App, ComposeResult
from textual.widgets import Static


class EmptyApp(App[None]):
    """One word on a screen."""

    def compose(self) -> ComposeResult:
        yield Static("bench_first_text")


if __name__ == "__main__":
    EmptyApp().run()
