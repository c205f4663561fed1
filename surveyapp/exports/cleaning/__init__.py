"""Cleaning by rule: what each rule finds, does to results, and why."""
