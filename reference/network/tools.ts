import { accessSync, constants } from 'node:fs'
import path from 'node:path'

/** The host's programs that the cluster is built with, and the Debian package of each. */
export const packages = {
  ip: 'iproute2',
  nft: 'nftables',
  unshare: 'util-linux',
  nsenter: 'util-linux',
  setpriv: 'util-linux',
  mount: 'mount',
  hostname: 'hostname',
} as const

export type Tool = keyof typeof packages

/** The search path inside the cluster. It has the sbin directories, which a user's own path may lack. */
export const toolPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** The path of a program of the host; undefined when it is not installed. */
export function findTool(name: Tool): string | undefined {
  const directories = [...toolPath.split(':'), ...(process.env.PATH ?? '').split(':')]
  return directories.map((directory) => path.join(directory, name)).find(isExecutable)
}

/**
 * The path of a program of the host, once the preflight has passed.
 * @throws Error with the package to install.
 */
export function tool(name: Tool): string {
  const found = findTool(name)
  if (!found) throw new Error(`${name} is not installed: install the package ${packages[name]}`)
  return found
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
