"""Rates at the centre: overview, drill-down, forecast, representativeness, reports."""
