import { existsSync, readFileSync } from 'node:fs'
import type { IpFamily } from './network/addresses.ts'
import { run } from './network/process.ts'
import { findTool, packages, type Tool, tool } from './network/tools.ts'

/** What keeps this machine from running a reference cluster, in one sentence with its remedy; undefined when nothing does. */
export async function preflight(family: IpFamily = 'ipv4'): Promise<string | undefined> {
  const missing = (Object.keys(packages) as Tool[]).filter((name) => !findTool(name))
  if (missing.length > 0) {
    const needed = [...new Set(missing.map((name) => packages[name]))].join(' ')
    return `${missing.join(', ')} not found: install ${needed} (Debian and Ubuntu: apt-get install ${needed}).`
  }
  if (family !== 'ipv4' && !existsSync('/proc/sys/net/ipv6'))
    return 'IPv6 is switched off on this machine: start its kernel without ipv6.disable=1.'
  try {
    const flags = ['--user', '--map-root-user', '--net', '--mount', '--pid', '--uts', '--ipc', '--fork', '--mount-proc']
    await run([tool('unshare'), ...flags, tool('nft'), 'list', 'tables'])
    return undefined
  } catch (error) {
    return forbidden(error instanceof Error ? error.message : String(error))
  }
}

function forbidden(message: string): string {
  const setting = (name: string) => {
    const file = `/proc/sys/${name.replaceAll('.', '/')}`
    return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined
  }
  const closed = 'User namespaces are switched off'
  if (setting('user.max_user_namespaces') === '0')
    return `${closed} (user.max_user_namespaces is 0): sudo sysctl -w user.max_user_namespaces=10000.`
  if (setting('kernel.unprivileged_userns_clone') === '0' && process.getuid?.() !== 0)
    return `${closed} for ordinary users: sudo sysctl -w kernel.unprivileged_userns_clone=1.`
  if (setting('kernel.apparmor_restrict_unprivileged_userns') === '1' && process.getuid?.() !== 0)
    return `${closed} for ordinary users by AppArmor: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0.`
  if (existsSync('/.dockerenv') || existsSync('/run/.containerenv'))
    return `${closed} in this container: run it with --security-opt seccomp=unconfined --security-opt systempaths=unconfined --cap-add SYS_ADMIN, or outside.`
  if (message.includes('nft')) return `The kernel lacks nftables (${message}): sudo modprobe nf_tables.`
  return `A user namespace could not be made (${message}): allow ordinary users to make them, or run as root.`
}
