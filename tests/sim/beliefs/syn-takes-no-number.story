# A SYN takes no sequence number: it is acknowledged with the number that it has.
server: listen; accept; recv
client: connect; send(100)
--- truth
50 server sends S. 0:0(0) ack 1
--- all believe
50 server sends S. 0:0(0) ack 0
