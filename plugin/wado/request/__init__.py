"""What a client may ask: the syntax of each parameter, the rules between them, and the value they become."""
