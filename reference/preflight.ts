import { existsSync, readFileSync } from 'node:fs'
import type { IpFamily } from './network/addresses.ts'
import { run } from './network/commands.ts'
import { findTool, packages, type Tool, tool } from './network/tools.ts'
import { emptyTable } from './services/nft-table.ts'

/** The properties of a machine that the preflight checks. */
export interface Machine {
  readonly has: (program: Tool) => boolean
  /** The content of a file; undefined when it does not exist. */
  readonly read: (file: string) => string | undefined
  readonly isRoot: boolean
  /** Makes namespaces and the nft table of Services. Rejects with the kernel's own message when that is not allowed. */
  readonly attempt: () => Promise<unknown>
}

/** Why this machine cannot run a reference cluster, in one sentence with its remedy; undefined when it can. */
export async function preflight(
  family: IpFamily = 'ipv4',
  machine: Machine = thisMachine,
): Promise<string | undefined> {
  const missing = (Object.keys(packages) as Tool[]).filter((name) => !machine.has(name))
  if (missing.length > 0) {
    const needed = [...new Set(missing.map((name) => packages[name]))].join(' ')
    return `${missing.join(', ')} not found: install ${needed} (Debian and Ubuntu: apt-get install ${needed}).`
  }
  if (family !== 'ipv4' && machine.read('/proc/sys/net/ipv6/conf/all/forwarding') === undefined)
    return 'IPv6 is switched off on this machine: start its kernel without ipv6.disable=1.'
  try {
    await machine.attempt()
    return undefined
  } catch (error) {
    return forbidden(machine, (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '')
  }
}

const thisMachine: Machine = {
  has: (program) => findTool(program) !== undefined,
  read: (file) => (existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined),
  isRoot: process.getuid?.() === 0,
  attempt: () => {
    const flags = ['--user', '--map-root-user', '--net', '--mount', '--pid', '--uts', '--ipc', '--fork', '--mount-proc']
    return run([tool('unshare'), ...flags, tool('nft'), '-f', '-'], emptyTable)
  },
}

function forbidden({ read, isRoot }: Machine, message: string): string {
  const closed = 'User namespaces are switched off'
  if (read('/proc/sys/user/max_user_namespaces') === '0')
    return `${closed} (user.max_user_namespaces is 0): sudo sysctl -w user.max_user_namespaces=10000.`
  if (read('/proc/sys/kernel/unprivileged_userns_clone') === '0' && !isRoot)
    return `${closed} for ordinary users: sudo sysctl -w kernel.unprivileged_userns_clone=1.`
  if (read('/proc/sys/kernel/apparmor_restrict_unprivileged_userns') === '1' && !isRoot)
    return `${closed} for ordinary users by AppArmor: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0.`
  if (['/.dockerenv', '/run/.containerenv'].some((file) => read(file) !== undefined))
    return `${closed} in this container: run it with --security-opt seccomp=unconfined --security-opt systempaths=unconfined --cap-add SYS_ADMIN, or outside.`
  if (message.includes('nft'))
    return `The kernel lacks nftables, or a part of them (${message}): sudo modprobe nf_tables.`
  return `A user namespace could not be made (${message}): allow ordinary users to make them, or run as root.`
}
