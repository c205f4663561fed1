"""Whole stories, told on both engines through the pages and commands people use."""
