"""What an agent's last words say in numbers, names and extent, each held against the run or the change."""
