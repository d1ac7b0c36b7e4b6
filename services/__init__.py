"""The four services. They never import one another; they share only `shared/`."""
