"""The accept filter: what it accepts, the exact checks accept; everything else goes to the exact checks."""
