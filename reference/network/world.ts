import { tool } from './tools.ts'

// The first process is a shell: it reaps whatever loses its parent, and ends with the one program that it starts. With
// it goes every process inside, so that the death of any of these few is the end of them all.
const boot = `
mount -t tmpfs -o mode=755 tmpfs /run
mkdir /run/netns /run/hostproc /run/root /run/pods
mount --rbind /proc /run/hostproc
mount -t proc proc /proc
ip link set lo up
"$@" || exit
`

/**
 * The words that run a program in a world of its own: user, network, mount, PID, host name and IPC namespaces, as root or
 * as an ordinary user. All of it goes when the program ends.
 */
export function inWorld(program: readonly string[]): string[] {
  const flags = ['--user', '--map-root-user', '--net', '--mount', '--pid', '--uts', '--ipc', '--fork']
  return [tool('unshare'), ...flags, '--kill-child=SIGKILL', '--', 'sh', '-ec', boot, 'sh', ...program]
}

/** The words before a command that run it in a network of the world that one is in. */
export function inNetwork(network: string): string[] {
  return ['nsenter', `--net=/run/netns/${network}`, '--']
}

/** The words before a command that run it in a network of a world from outside; `pid` is a process inside. */
export function intoNetwork(pid: number, network: string): string[] {
  const namespaces = ['--user', '--mount', '--pid', '--uts', '--ipc', `--net=/proc/${pid}/root/run/netns/${network}`]
  return [tool('nsenter'), '--preserve-credentials', '--target', String(pid), ...namespaces, '--']
}
