"""Deliveries: which cargo goes on which trucks to which place when, and what need it meets.

What they are, and what they may do, stands here; `letup.aid.deliveries.make` makes them.
"""
