"""The process and its chat channels: decode, route, dialogs, send."""
