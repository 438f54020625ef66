# The time-outs of a SYN double from the first: 1, 3, 7, 15 seconds.
server: listen; accept; recv
client: connect; send(100)
wire: drop c1..3
--- truth
2000 client timer retransmission
2000 client sends S 0:0(0)
2025 client lost c3
3000 client timer retransmission
--- client believes
3000 client timer retransmission
3000 client sends S 0:0(0)
3025 client lost c3
7000 client timer retransmission
