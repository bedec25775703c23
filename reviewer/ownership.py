"""Who owns a line: blame joined with verified approvals."""
