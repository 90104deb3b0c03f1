"""A small landscape painter: made-up scenes with an exact truth mask.

Everything in a scene stands on one ground plane in metres and is seen by one camera, so that sizes,
overlaps and shadows agree; each stroke paints a colour and a class id together.
"""
