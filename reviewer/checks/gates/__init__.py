"""What keeps faulty code out, as values of both sides: pipelines, settings of tools, suppressions, hooks, owners."""
