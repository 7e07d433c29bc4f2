"""What providers share that act on servers over HTTP with an API of their own."""
