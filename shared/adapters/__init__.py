"""The edges: each adapter speaks to one outside system and keeps one port's promises."""
