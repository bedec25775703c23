"""Dependencies as manifests and lock files state them: one parser a format, all pure functions of bytes."""
