# A dead peer is found out by itself, for keepalive is on.
server: listen; accept; recv
client: connect; recv
at: 1s server!crash
--- truth
--- client believes
7200100 client timer keepalive
7200100 client sends . 0:0(0) ack 1
