# The ACK of a FIN and our own FIN are always two segments.
server: listen; accept; recv(eof); close
client: connect; send(100); close+300ms
--- truth
450 server recv returns 100
450 server calls close()
450 server CLOSE-WAIT > LAST-ACK
450 server sends F. 1:1(0) ack 102
--- server believes
450 server sends . 1:1(0) ack 102
450 server recv returns 100
450 server calls close()
450 server CLOSE-WAIT > LAST-ACK
450 server sends F. 1:1(0) ack 102
