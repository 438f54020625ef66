# After a RST, too, there is a TIME-WAIT.
server: listen; accept; abort+300ms
client: connect; recv; send(10); send(10)
--- truth
500 client ESTABLISHED > CLOSED
500 client recv returns ECONNRESET
500 client calls send(10)
500 client send returns EPIPE
500 client calls send(10)
500 client send returns EPIPE
--- client believes
500 client ESTABLISHED > TIME-WAIT
500 client recv returns ECONNRESET
500 client calls send(10)
500 client send returns EPIPE
500 client calls send(10)
500 client send returns EPIPE
60500 client timer time-wait
