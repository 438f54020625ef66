# The SYN queue is as long as tcp_max_syn_backlog says.
server: listen(2)
client:
forge: flood 6 every 10ms @100ms
set: server.tcp_syncookies=0; end=500ms
--- truth
135 server lost s2
140 server receives x5
--- server believes
130 server LISTEN > SYN-RECEIVED
130 server sends S. 0:0(0) ack 1
130 server queues 4 0
