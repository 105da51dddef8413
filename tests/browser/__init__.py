"""The portal in Chromium: every page clean at three widths, and the journeys of the main job."""
