"""Routes of vehicles from stop to stop in time windows: convoys and ambulances."""
