# A server sends its SYN-ACK once, and again only if the SYN comes again.
server: listen; accept; recv
client: connect; recv
wire: drop c2
set: end=9s
--- truth
1050 server sends S. 0:0(0) ack 1
--- server believes
3050 server timer retransmission
7050 server timer retransmission
