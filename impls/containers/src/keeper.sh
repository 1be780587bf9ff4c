# Runs one server in a container, and ends with it once nobody is connected to it any more.
#
# Arguments: the server's port in four hexadecimal digits, the seconds to wait for a first connection, the seconds to
# stay on without one, the server's command line.
# Connections are counted in the kernel's own table, which every image has, where the clients of servers differ.

port=$1
first=$2
linger=$3
shift 3
"$@" &
server=$!
# The first process of a container is sent no signal that it does not ask for.
trap 'kill "$server"' TERM INT

# 01 is an established connection. The table of version 6 has those of version 4 too, where a server listens on both.
in_use() {
    cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -q ":$port [0-9A-F]*:[0-9A-F]* 01 "
}

idle=$((-first))
while [ "$idle" -lt "$linger" ] && kill -0 "$server" 2>/dev/null; do
    sleep 1
    if in_use; then idle=0; else idle=$((idle + 1)); fi
done
kill "$server" 2>/dev/null
wait "$server"
