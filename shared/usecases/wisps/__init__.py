"""WISPs: how they are set up and changed."""
