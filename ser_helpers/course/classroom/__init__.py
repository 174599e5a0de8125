"""The course for many at once: what ties hubs, kits, a readable site and a room's game to it."""
