import { tool } from './tools.ts'

// A world is the set of Linux namespaces that holds one cluster. Its first process is a shell. It reaps processes that
// lose their parent, and it ends when the one program that it starts ends. The kernel then kills every process of the
// world.
const boot = `
mount -t tmpfs -o mode=755 tmpfs /run
mkdir /run/netns /run/hostproc /run/root /run/pods
mount --rbind /proc /run/hostproc
mount -t proc proc /proc
ip link set lo up
"$@" || exit
`

/**
 * The command that runs a program in a world of its own: user, network, mount, PID, UTS and IPC namespaces, as root or
 * as an ordinary user. The world is gone when the program ends.
 */
export function inWorld(program: readonly string[]): string[] {
  const flags = ['--user', '--map-root-user', '--net', '--mount', '--pid', '--uts', '--ipc', '--fork']
  return [tool('unshare'), ...flags, '--kill-child=SIGKILL', '--', 'sh', '-ec', boot, 'sh', ...program]
}

/** The words before a command that run it in a network namespace of this world; only for processes inside. */
export function inNetwork(network: string): string[] {
  return ['nsenter', `--net=/run/netns/${network}`, '--']
}

/**
 * The words before a command that run it in a network namespace of a world, from the host; `pid` is a process inside.
 */
export function intoNetwork(pid: number, network: string): string[] {
  const namespaces = ['--user', '--mount', '--pid', '--uts', '--ipc', `--net=/proc/${pid}/root/run/netns/${network}`]
  return [tool('nsenter'), '--preserve-credentials', '--target', String(pid), ...namespaces, '--']
}
