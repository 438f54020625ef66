"""Hosts, programs, a wire and virtual time around the endpoints of `app.tcp`: scenario → trace.

The rule of this folder: the same scenario gives the same trace, always. No wall clock, no hash order, no randomness;
messages are ids with parameters, never words of a language.
"""
