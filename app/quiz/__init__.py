"""Questions without end, made from traces: generators, kinds of answers, grading, misconceptions.

It knows message ids and numbers, no language; what a question shows is drawn by whoever shows it.
"""
