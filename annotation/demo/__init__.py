"""The demo world: clips the project draws and synthesises itself, their texts, tags and taxonomy. Knows no Django."""
