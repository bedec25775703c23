"""Making signatures with the person's own SSH key, through the OpenSSH client."""
