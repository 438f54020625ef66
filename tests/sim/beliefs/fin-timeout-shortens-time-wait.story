# tcp_fin_timeout is the length of TIME-WAIT.
server: listen; accept; recv(eof); close
client: connect; close
set: client.tcp_fin_timeout=2
--- truth
60200 client timer time-wait
--- client believes
2200 client timer time-wait
