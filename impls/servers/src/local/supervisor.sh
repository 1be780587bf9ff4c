# Starts one server, and stops it once nobody uses it any more.
#
# Arguments: the server's directory, the seconds to stay on without users, the server's command line.
# Standard input: the reading end of the FIFO `users` in that directory. Every user holds a writing end for as long as it
# lives, so the kernel itself tells the end of the last one as an end of file, however that process ended; no list of
# process ids can go stale. While this shell lives the FIFO has a reader, by which newcomers know that they are watched over.

# Whoever waits for the end of a pipe, as tee or nextest do, must not wait for this shell.
exec 3<&0 </dev/null 4<&- 5<&- 6<&- 7<&- 8<&- 9<&-
directory=$1
linger=$2
shift 2
# A closed terminal and Ctrl-C end the tests, and the end of the tests ends the server.
trap '' HUP INT

cd "$directory" || exit 1
"$@" >log 2>&1 3<&- &
server=$!
if ! echo "$server" >pid.new || ! mv pid.new pid; then
    # A full disk: a server that nobody can find must not stay.
    kill -KILL "$server"
    exit 1
fi

# Without the closed descriptors a sleep that outlives this shell would look like a supervisor.
pause() {
    sleep "$1" </dev/null 3<&-
}

# Ends when the last user has closed its end.
await_last_user() {
    while read -r line; do :; done
}

stop_when_unused() {
    await_last_user
    idle=0
    while [ "$idle" -lt "$linger" ]; do
        pause 1
        # Everybody writes a line on joining, so this sees also who came and went during the pause.
        if read -r line; then
            await_last_user
            idle=0
        else
            idle=$((idle + 1))
        fi
    done
    # From here on nobody can join; who joined just before is served to the end.
    mv users closed
    await_last_user
    kill "$server"
    pause 3
    kill -KILL "$server"
}
stop_when_unused <&3 &
watcher=$!
# Not before: a child that is just being made can lose a signal to its parent's trap.
trap 'kill "$server"' TERM

wait "$server"
status=$?
# A signal to this shell ends a wait early.
while [ "$status" -gt 128 ] && kill -0 "$server"; do
    wait "$server"
    status=$?
done
kill "$watcher"
mv users closed
echo "$status" >exited.new && mv exited.new exited
# The users of a server that died may still want its log.
await_last_user <&3
cd / && rm -rf "$directory"
