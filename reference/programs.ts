import { findPackageJSON } from 'node:module'
import path from 'node:path'

/** The path of a program that runs in a Node process of its own. The build makes one file of each. */
export function builtProgram(name: 'cluster' | 'prober' | 'dns' | 'ingress'): string {
  return path.join(path.dirname(findPackageJSON(import.meta.url) ?? ''), 'dist', 'reference', `${name}.cjs`)
}
