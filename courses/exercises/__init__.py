"""Exercises: a function that a learner writes in the page, and the tests that it is tried on.

`harness` runs code against tests, here and in the learner's browser alike; `source` reads `exercises/*.yaml`;
`running` tries reference and start, and keeps what the reference returned beside the file.
"""
