# The third segment must be a bare ACK: text does not complete the handshake.
server: listen; accept; recv
client: connect; send(100)
wire: drop c2
--- truth
150 server SYN-RECEIVED > ESTABLISHED
--- server believes
400 client timer tail-loss-probe
