"""Pictures for reports: `draw.curves`, `confusion`, `mistakes`, `samples`."""
