"""What the web pages of all stand-ins have in common: how they look, and what keeps them safe."""
