"""What a person does with a change, one folder or file a step; the screens and the commands are two faces of it."""
