// Installs system packages that are missing, if apt and root (or sudo without a password) are available.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** What the reference cluster needs: the package of each program. */
const CLUSTER = { ip: 'iproute2', nft: 'nftables', unshare: 'util-linux', nsenter: 'util-linux' }

/** What the test of the page needs. */
export const BROWSER = { chromium: 'chromium' }

// The PATH of a login shell may lack the folders of these programs.
const FOLDERS = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin', '/usr/bin', '/bin']
const has = (program) => FOLDERS.some((folder) => existsSync(join(folder, program)))

const run = (argv) =>
  spawnSync(argv[0], argv.slice(1), {
    stdio: ['ignore', 2, 2],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  }).status === 0

/** Installs missing packages and says so. If it cannot, the program that needs them names what is missing. */
export function installPackages(packages = CLUSTER) {
  const missing = [...new Set(Object.entries(packages).flatMap(([program, name]) => (has(program) ? [] : [name])))]
  if (process.platform !== 'linux' || missing.length === 0 || !has('apt-get')) return
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n']
  if (sudo.length > 0 && !run([...sudo, 'true'])) return
  process.stderr.write(`flatnet: installing ${missing.join(', ')} (apt-get), once\n`)
  const install = [...sudo, 'apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...missing]
  if (!run(install)) {
    run([...sudo, 'apt-get', 'update', '-qq'])
    run(install)
  }
}
