"""Invented children's lives and services, and the feeds that real systems would write of them.

One world is simulated, event by event over years; every feed is written from it, and the truth is
kept beside the feeds. The nightly pipeline never imports this package.
"""
