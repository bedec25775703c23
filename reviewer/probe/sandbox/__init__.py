"""A place where untrusted programs run and end: shut in as well as this machine allows, under limits, without a trace.

Knows processes, namespaces and folders; nothing of tests, frameworks or changes.
"""
