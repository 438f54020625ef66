# A server that has no room refuses connections.
server: listen(0); accept@500ms
client: connect
client/2: connect@300ms
--- truth
500 server calls accept()
--- server believes
350 server sends R. ack 1
400 client receives s2
400 client SYN-SENT > CLOSED
400 client connect returns ECONNREFUSED
