# close() sends a FIN, whether all has been read or not.
server: listen; accept; close+300ms
client: connect; send(100); recv
--- truth
450 server ESTABLISHED > CLOSED
450 server sends R. 1:1(0) ack 101
450 server close returns ok
500 client receives s3
500 client ESTABLISHED > CLOSED
500 client recv returns ECONNRESET
--- server believes
450 server ESTABLISHED > FIN-WAIT-1
450 server sends F. 1:1(0) ack 101
450 server close returns ok
500 client receives s3
500 client ESTABLISHED > CLOSE-WAIT
500 client recv returns 0
504 client timer delayed-ack
504 client sends . 101:101(0) ack 2
