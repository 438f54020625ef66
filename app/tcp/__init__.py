"""One TCP endpoint, sans-IO (RFC 9293 §3.3–3.10): segments, calls and time in; segments, changes and reasons out.

The rule of this folder: no clock, no dice, no wire, no language. Time is an integer number of microseconds that the
caller passes; an endpoint is a frozen `Block`; handling one input returns a new one.
"""
