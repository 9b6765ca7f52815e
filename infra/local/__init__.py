"""The same service on one machine: stand-ins for the outside systems, and the demo that uses them."""
