"""
Mutants: one small fault at a time in a function of the hub, and whether a test finds it.

    python -m benchmarks.mutants map       which tests start which of the functions, in minutes
    python -m benchmarks.mutants run       try each mutant by the tests that start its function
    python -m benchmarks.mutants compare   which were caught when the table was written and survive now
    python -m benchmarks.mutants record    write what was found into the table
    python -m benchmarks.mutants choose    choose anew, where the hub is no longer the one of the table

The table, `benchmarks/mutants.toml`, names functions by their name and their source, so that a mutant is
found again wherever its function has moved.
"""
