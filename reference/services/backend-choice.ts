import type { Backend } from './backends.ts'
import { placeOf } from './backends.ts'
import { dialects } from './nft-table.ts'
import type { Rules } from './rules.ts'
import { familyOf, type Service } from './service-objects.ts'

/** Adds the chain that leads to one of some backends by chance, or to the one that a client had before; gives the way there. */
export function choose(
  rules: Rules,
  chain: string,
  backends: readonly Backend[],
  { spec }: Service,
  l4: string,
): string {
  const [first] = backends
  if (!first) return 'drop'
  const { ip } = dialects[familyOf(first.address)]
  const random = `numgen random mod ${backends.length}`
  const listed = (what: (backend: Backend) => string) =>
    backends.map((backend, index) => `${index} : ${what(backend)}`).join(', ')
  if (spec.sessionAffinity !== 'ClientIP') {
    rules.chains.set(chain, [`meta l4proto ${l4} dnat ${ip} to ${random} map { ${listed(placeOf)} }`])
    return `goto ${chain}`
  }
  const seconds = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10_800
  const port = chain.split('/').slice(1, -1).join('/')
  const nameOf = ({ address, port: number }: Backend) => `${port}/${address.replaceAll(':', '_')}/${number}`
  for (const backend of backends) {
    const name = nameOf(backend)
    rules.sets.set(`clients/${name}`, `type ${dialects[familyOf(first.address)].type}; flags dynamic,timeout;`)
    const target = ip === 'ip' ? backend.address : `[${backend.address}]`
    rules.chains.set(`to/${name}`, [
      `update @clients/${name} { ${ip} saddr timeout ${seconds}s }`,
      `meta l4proto ${l4} dnat ${ip} to ${target}:${backend.port}`,
    ])
  }
  rules.chains.set(chain, [
    ...backends.map((backend) => `${ip} saddr @clients/${nameOf(backend)} goto to/${nameOf(backend)}`),
    `${random} vmap { ${listed((backend) => `goto to/${nameOf(backend)}`)} }`,
  ])
  return `goto ${chain}`
}
