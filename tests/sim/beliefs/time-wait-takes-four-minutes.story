# TIME-WAIT takes 2 MSL, which is four minutes, everywhere.
server: listen; accept; recv(eof); close
client: connect; close
--- truth
60200 client timer time-wait
--- client believes
240200 client timer time-wait
