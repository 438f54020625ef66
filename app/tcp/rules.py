"""Every rule that can be asked of a segment, and the passage that it stands in.

A plain section is one of RFC 9293. The key is also the message id (`rule.<key>`) under which a language explains it.
"""

RULES: dict[str, str] = {
    # §3.10.7.1 CLOSED
    "closed.rst": "3.10.7.1",
    "closed.reset-with-ack": "3.10.7.1",
    "closed.reset": "3.10.7.1",
    # §3.10.7.2 LISTEN
    "listen.rst": "3.10.7.2 first",
    "listen.ack": "3.10.7.2 second",
    "listen.syn": "3.10.7.2 third",
    "listen.other": "3.10.7.2 fourth",
    "listen.accept-queue-full": "linux tcp_conn_request",
    "listen.syn-queue-full": "linux tcp_conn_request",
    "listen.syn-cookie": "RFC 4987 3.6",
    "listen.cookie-ack": "RFC 4987 3.6",
    # §3.10.7.3 SYN-SENT
    "syn-sent.bad-ack": "3.10.7.3 first",
    "syn-sent.rst": "3.10.7.3 second",
    "syn-sent.rst-without-ack": "3.10.7.3 second",
    "syn-sent.syn-ack": "3.10.7.3 fourth",
    "syn-sent.syn": "3.10.7.3 fourth",
    "syn-sent.neither": "3.10.7.3 fifth",
    # §3.10.7.4, in the order in which the section asks
    "sequence.simultaneous-open": "3.5",
    "sequence.repeated-syn": "linux tcp_check_req",
    "sequence.repeated-fin": "3.10.7.4 eighth",
    "sequence.unacceptable": "3.10.7.4 first",
    "rst.exact": "3.10.7.4 second",
    "rst.challenge": "3.10.7.4 second",
    "rst.in-window": "3.10.7.4 second",
    "syn.in-syn-received": "3.10.7.4 fourth",
    "syn.challenge": "3.10.7.4 fourth",
    "syn.reset": "3.10.7.4 fourth",
    "ack.missing": "3.10.7.4 fifth",
    "ack.accept-queue-full": "linux tcp_abort_on_overflow",
    "ack.accept-queue-full-reset": "linux tcp_abort_on_overflow",
    "ack.of-syn": "3.10.7.4 fifth",
    "ack.bad-in-syn-received": "3.10.7.4 fifth",
    "ack.unsent": "3.10.7.4 fifth",
    "ack.too-old": "RFC 5961 5.2",
    "ack.new": "3.10.7.4 fifth",
    "ack.duplicate": "3.10.7.4 fifth",
    "ack.of-fin": "3.10.7.4 fifth",
    "text.after-close": "3.6.1",
    "text.in-order": "3.10.7.4 seventh",
    "text.ahead": "3.10.7.4 seventh",
    "text.ignored": "3.10.7.4 seventh",
    "fin.in-order": "3.10.7.4 eighth",
    "fin.ahead": "3.10.7.4 eighth",
}
