"""`make bench`: figures as ratios to limits or peers measured in the same run, each repeated, each held to a goal."""
