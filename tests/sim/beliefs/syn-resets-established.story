# A SYN ends an ESTABLISHED connection (as RFC 793 had it).
server: listen; accept; recv
client: connect; recv
forge: c S 10:10(0) @1s
--- truth
1000 server sends . 1:1(0) ack 1
--- server believes
1000 server ESTABLISHED > CLOSED
