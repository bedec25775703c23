"""Git, read without trusting the repository and written without running anything in it.

Reading goes through a `Quarantine`: git never runs with the reviewed repository's configuration, and every object that
is read is hashed again and compared with its id. Knows processes and GitPython; knows nothing of packets, checks or
screens beyond the change manifest's entries.
"""
