# A repeated FIN does not restart the timer of TIME-WAIT.
server: listen; accept; recv(eof); close+300ms
client: connect; send(100); close+300ms
wire: drop c5
--- truth
61100 client timer time-wait
--- client believes
60800 client timer time-wait
