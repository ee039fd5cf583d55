"""All that runs in the student's process: sandboxed, holding no expected value."""
