"""Who and what there is (the registry), who is on duty, and where they are."""
