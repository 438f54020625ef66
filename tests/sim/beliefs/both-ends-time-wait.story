# TIME-WAIT is at both ends.
server: listen; accept; recv(eof); close+300ms
client: connect; send(100); close+300ms
--- truth
850 server LAST-ACK > CLOSED
60800 client timer time-wait
--- server believes
850 server LAST-ACK > TIME-WAIT
60800 client timer time-wait
60800 client TIME-WAIT > CLOSED
60850 server timer time-wait
60850 server TIME-WAIT > CLOSED
