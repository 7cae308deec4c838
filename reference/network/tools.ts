import { accessSync, constants } from 'node:fs'
import path from 'node:path'

/** The host's programs that the cluster is built with, and the Debian package that each comes in. */
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

/** The search path inside the cluster: a login's own may lack the sbin directories. */
export const toolPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** Where a program of the host is; undefined when it is not installed. */
export function findTool(name: Tool): string | undefined {
  const directories = [...toolPath.split(':'), ...(process.env.PATH ?? '').split(':')]
  return directories.map((directory) => path.join(directory, name)).find(isExecutable)
}

/** Where a program of the host is, for callers that the preflight has gone before. */
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
