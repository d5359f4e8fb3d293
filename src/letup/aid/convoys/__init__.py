"""Convoys: who drives what, or takes whom, where and when, so that nobody is on the road when a pause ends.

What they are stands here (model, rules, patients, tables); `letup.aid.convoys.make` makes them.
"""
