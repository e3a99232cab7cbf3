"""Python that moves data between rooms; it never decides what data means (models/ does)."""
