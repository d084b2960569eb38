"""What a pipeline may accept: known findings (baseline), accepted failures (waivers), and the decision."""
