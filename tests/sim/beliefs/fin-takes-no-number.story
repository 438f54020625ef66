# A FIN takes no sequence number.
server: listen; accept; recv(eof); close+300ms
client: connect; send(100); close+300ms
--- truth
490 server sends . 1:1(0) ack 102
--- all believe
490 server sends . 1:1(0) ack 101
