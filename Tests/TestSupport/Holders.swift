// SPDX-License-Identifier: Apache-2.0

/// Processes that keep something alive until a test tells them to end.
package struct Holder: Sendable {
    package let pid: String

    /// Takes over a process that a test started itself.
    package init(pid: String) { self.pid = pid }

    package enum Namespace: Sendable {
        /// The tests' own mount namespace.
        case own
        /// A mount namespace of its own, made as a copy: what it mounts shows nowhere else.
        case apart
    }

    /// Starts a process in `scratch`, runs `script` in it and waits until that is done.
    package static func start(
        _ scratch: Scratch, in namespace: Namespace = .own, _ script: String
    ) async throws -> Holder {
        let number = UInt32.random(in: 0 ... .max)
        let file = "\(scratch.path)/holder-\(number)"
        let enter = namespace == .own ? "exec" : "exec unshare --mount"
        // The script says through the FIFO that it is ready, or by its end that it failed.
        let pid = try await Shell.bash(
            """
            mkfifo \(file).ready
            cat > \(file).script <<'SCRIPT'
            cd \(scratch.path)
            \(script)
            SCRIPT
            cat > \(file).whole <<'WHOLE'
            exec 9> \(file).ready
            \(enter) bash -euc '. \(file).script; echo $$ >&9; exec 9>&-; exec sleep infinity'
            WHOLE
            setsid bash -eu \(file).whole > \(file).log 2>&1 < /dev/null &
            pid=$(cat \(file).ready)
            [ -n "$pid" ] || { cat \(file).log >&2; exit 1; }
            rm \(file).ready \(file).script \(file).whole \(file).log
            echo $pid
            """)
        return Holder(pid: String(pid.prefix { $0.isNumber }))
    }

    /// Kills it, unless it has ended, and waits until the kernel has taken back what it held.
    package func end() async throws {
        try await Shell.bash(
            "kill -9 \(pid) || exit 0; while [ -d /proc/\(pid) ] && ! grep -q '^State:.Z' /proc/\(pid)/status; do sleep 0.005; done"
        )
    }
}

/// Runs `body` while a process keeps what `script` made.
package func withHolder(
    _ scratch: Scratch, in namespace: Holder.Namespace = .own, _ script: String, _ body: (Holder) async throws -> Void
) async throws {
    let holder = try await Holder.start(scratch, in: namespace, script)
    let result: Result<Void, any Error>
    do { result = .success(try await body(holder)) } catch { result = .failure(error) }
    try await holder.end()
    try result.get()
}

/// A script that mounts an overlay through the new mount API, so that its options, and what the
/// kernel shows of them, are these bytes to the letter: no quoting, no limit of a page.
/// (fsopen 430, fsconfig 431, fsmount 432, move_mount 429.)
///
/// Takes the target and words: `key=value`, or `key@path` to give the layer by descriptor (O_PATH).
package let mountVerbatim = """
    perl -e 'my ($target, @options) = @ARGV; my ($type, $empty, @open) = ("overlay", "");
        my $fs = syscall(430, $type, 0); $fs >= 0 or die "fsopen: $!";
        for (@options) { /^([a-z+]+)([=@])(.*)$/s or die; my ($key, $value, $file) = ($1, $3);
            if ($2 eq "@") { sysopen($file, $value, 010000000) or die "open: $!"; push @open, $file; }
            syscall(431, $fs, $file ? (5, $key, 0, fileno $file) : (1, $key, $value, 0)) == 0 or die "fsconfig $key: $!" }
        syscall(431, $fs, 6, 0, 0, 0) == 0 or die "create: $!";
        my $mount = syscall(432, $fs, 0, 0); $mount >= 0 or die "fsmount: $!";
        syscall(429, $mount, $empty, -100, $target, 4) == 0 or die "move_mount: $!"'
    """
