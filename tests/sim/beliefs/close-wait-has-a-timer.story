# CLOSE-WAIT goes away by itself after a minute.
server: listen; accept; recv(eof); close@90s
client: connect; close
--- truth
60204 client timer fin-wait-2
60204 client FIN-WAIT-2 > CLOSED
90000 server calls close()
90000 server CLOSE-WAIT > LAST-ACK
--- server believes
60150 server timer user-timeout
60150 server CLOSE-WAIT > CLOSED
60204 client timer fin-wait-2
60204 client FIN-WAIT-2 > CLOSED
90000 server calls close()
90000 server close returns ok
