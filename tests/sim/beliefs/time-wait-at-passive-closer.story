# TIME-WAIT is at the end that closes last.
server: listen; accept; recv(eof); close+300ms
client: connect; send(100); close+300ms
--- truth
800 client FIN-WAIT-2 > TIME-WAIT
800 client sends . 102:102(0) ack 2
850 server receives c5
850 server LAST-ACK > CLOSED
--- all believe
800 client FIN-WAIT-2 > CLOSED
800 client sends . 102:102(0) ack 2
850 server receives c5
850 server LAST-ACK > TIME-WAIT
60850 server timer time-wait
