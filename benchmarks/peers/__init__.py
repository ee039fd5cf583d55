"""This grader beside otter-grader, nbgrader and plain pytest, on the same hand-ins."""
