"""Tests on a real server, and how one is had (see ``server``)."""
