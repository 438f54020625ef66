# The passive opener is ESTABLISHED as soon as it has answered the SYN, and waits for accept() at once.
server: listen; accept; recv
client: connect; send(100)
--- truth
50 server LISTEN > SYN-RECEIVED
50 server sends S. 0:0(0) ack 1
50 server queues 1 0
--- server believes
50 server LISTEN > ESTABLISHED
50 server sends S. 0:0(0) ack 1
50 server queues 0 1
50 server queues 0 0
50 server accept returns ok
