"""Ackademy (三握四挥): the TCP handshake and teardown, taught by a TCP state machine."""
