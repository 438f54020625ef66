# A port where nobody listens says nothing.
server:
client: connect
--- truth
50 server sends R. ack 1
100 client receives s1
100 client SYN-SENT > CLOSED
100 client connect returns ECONNREFUSED
--- server believes
1000 client timer retransmission
1000 client sends S 0:0(0)
