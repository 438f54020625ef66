# The kernel answers a FIN with a FIN, whatever the application does.
server: listen; accept; recv(eof); close+300ms
client: connect; send(100); close+300ms
--- truth
450 server recv returns 100
490 server timer delayed-ack
490 server sends . 1:1(0) ack 102
--- server believes
450 server CLOSE-WAIT > LAST-ACK
450 server sends F. 1:1(0) ack 102
450 server recv returns 100
500 client receives s3
500 client FIN-WAIT-1 > TIME-WAIT
