import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { plainEnvironment, run } from './process.ts'
import { tool } from './tools.ts'

/** The namespaces that a cluster lives in. They go when the process that made them goes. */
export interface World {
  /** The first process inside, as the host numbers it. */
  readonly pid: number
  /** Runs a shell script inside, stopping at the first command that fails; gives its output. */
  run(script: string): Promise<string>
  /** The words before a command that run it inside, in the world's own network or in a named one. */
  enter(network?: string): string[]
  /** Where the host finds a file that is inside. */
  path(inside: string): string
  /** Settles when the world is gone, wished or not. */
  readonly gone: Promise<void>
  close(): Promise<void>
}

// The first process reads a pipe of ours to its end, so that it outlives us by no more than a moment, and with it goes
// every process inside. It ignores SIGCHLD to have the kernel reap what it inherits.
const boot = `
trap '' CHLD
mount -t tmpfs -o mode=755 tmpfs /run
mkdir /run/netns /run/hostproc /run/root /run/pods
mount --rbind /proc /run/hostproc
mount -t proc proc /proc
ip link set lo up
read -r pid rest < /run/hostproc/self/stat
echo "$pid"
exec cat > /dev/null
`

/** Opens a world: user, network, mount, PID, host name and IPC namespaces of its own, as root or as an ordinary user. */
export async function openWorld(): Promise<World> {
  const flags = ['--user', '--map-root-user', '--net', '--mount', '--pid', '--uts', '--ipc', '--fork']
  const holder = spawn(tool('unshare'), [...flags, '--kill-child=SIGKILL', '--', 'sh', '-ec', boot], {
    env: plainEnvironment,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  holder.stdin.on('error', () => {})
  const gone = once(holder, 'exit').then(() => undefined)
  const first = once(createInterface({ input: holder.stdout }), 'line').then(([line]) => Number(line))
  const pid = await Promise.race([first, gone])
  if (!pid) throw new Error('the namespaces of the cluster could not be made')

  const enter = (network?: string) => [
    ...[
      tool('nsenter'),
      '--preserve-credentials',
      '--target',
      String(pid),
      '--user',
      '--mount',
      '--pid',
      '--uts',
      '--ipc',
    ],
    ...[network ? `--net=/proc/${pid}/root/run/netns/${network}` : '--net', '--'],
  ]
  return {
    pid,
    enter,
    gone,
    run: (script) => run([...enter(), 'sh', '-es'], script),
    path: (inside) => `/proc/${pid}/root${inside}`,
    close: async () => {
      holder.stdin.end()
      await gone
    },
  }
}
