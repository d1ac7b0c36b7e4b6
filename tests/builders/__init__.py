"""The real applications, put together on fakes."""
