"""The course cache: a local Hugging Face cache in which the lecture's names resolve offline.

``location`` says where it is and has it built (light: no torch); the rest of the package is the
recipe, which runs in a process of its own, ``python -m grader.course``.
"""
