"""The same service on one machine: stand-ins for the outside systems, the demo and the sandbox."""
