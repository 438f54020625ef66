# listen(1) lets one connection wait.
server: listen(1)
client: connect
client/2: connect@300ms
set: end=1s
--- truth
350 server LISTEN > SYN-RECEIVED
350 server sends S. 0:0(0) ack 1
350 server queues 1 1
--- server believes
