# The last ACK of the handshake is sent again when nothing comes.
server: listen; accept; recv
client: connect; recv
wire: drop c2
set: end=5s
--- truth
1050 server timer retransmission
1050 server sends S. 0:0(0) ack 1
--- client believes
400 client timer retransmission
400 client sends . 1:1(0) ack 1
450 server receives c3
450 server SYN-RECEIVED > ESTABLISHED
