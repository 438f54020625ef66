# Who connects and meets a SYN refuses it.
client: connect(server:5000, from=5000)
server: connect(client:5000, from=5000)@20ms
--- truth
50 server SYN-SENT > SYN-RECEIVED
50 server sends S. 0:0(0) ack 1
--- server believes
50 server SYN-SENT > CLOSED
50 server sends R. 1:1(0) ack 1
50 server connect returns ECONNREFUSED
