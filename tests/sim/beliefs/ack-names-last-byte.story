# The acknowledgment number names the last byte that has come, not the next one that is expected.
server: listen; accept; recv
client: connect; send(100)
--- truth
50 server sends S. 0:0(0) ack 1
--- server believes
50 server sends S. 0:0(0) ack 0
