# Any RST in the window ends the connection (as it did before RFC 5961).
server: listen; accept; recv
client: connect; recv
forge: s R 10:10(0) @1s
--- truth
1000 client sends . 1:1(0) ack 1
--- client believes
1000 client ESTABLISHED > CLOSED
1000 client recv returns ECONNRESET
