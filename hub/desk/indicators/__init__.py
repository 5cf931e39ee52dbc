"""Indicators: promises kept in a period, satisfaction of people, and people within reach today."""
