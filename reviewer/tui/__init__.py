"""The screens of `reviewer`: what is drawn and which keys do what; nothing here decides anything about a change."""
