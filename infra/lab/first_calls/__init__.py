"""First calls: new processes of our functions, each met by simultaneous calls of every one of them."""
