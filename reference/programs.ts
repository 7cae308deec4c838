import { findPackageJSON } from 'node:module'
import path from 'node:path'

/** A program of the cluster for a Node process of its own: the build makes one file of each. */
export function builtProgram(name: 'cluster' | 'prober' | 'dns'): string {
  return path.join(path.dirname(findPackageJSON(import.meta.url) ?? ''), 'dist', 'reference', `${name}.cjs`)
}
