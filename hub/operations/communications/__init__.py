"""Communications: their people, plans, progress and corrections."""
