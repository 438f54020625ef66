# Who has received a FIN can no longer send.
server: listen; accept; recv(eof); send(200); close
client: connect; send(100); shutdown(wr); recv(eof)
--- truth
150 server sends P. 1:201(200) ack 102
150 server send returns 200
--- server believes
150 server send returns EPIPE
