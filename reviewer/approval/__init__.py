"""The signed approval: statement, envelope, signature and who may sign. Bytes in, objects out; runs no process."""
