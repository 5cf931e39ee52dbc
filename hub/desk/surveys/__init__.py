"""Surveys: started for a half-year, listed one by one, and the calls that follow a bad score."""
