import { type Backend, nftEndpoint } from './backends.ts'
import { dialects } from './nft-table.ts'
import type { PortRules } from './port-rules.ts'
import { familyOf, type Service } from './service-objects.ts'

/** Which backends a packet may go to. */
export interface Choice {
  /** The chain that makes the choice, KIND/NAMESPACE/NAME/PROTOCOL-PORT/FAMILY. */
  readonly chain: string
  readonly backends: readonly Backend[]
  readonly spec: Service['spec']
  /** The protocol as nft names it: `tcp`, `udp` or `sctp`. */
  readonly l4: string
}

/**
 * Adds a chain that sends a packet to a random backend or, with session affinity, to the backend that its client had
 * before. Gives the verdict that leads to the chain; `drop` when there is no backend.
 */
export function addChoice(rules: PortRules, choice: Choice): string {
  if (choice.backends.length === 0) return 'drop'
  if (choice.spec.sessionAffinity === 'ClientIP') addAffineChoice(rules, choice)
  else addRandomChoice(rules, choice)
  return `goto ${choice.chain}`
}

function addRandomChoice(rules: PortRules, { chain, backends, l4 }: Choice): void {
  const { ip } = dialectOf(backends)
  rules.chains.set(chain, [
    `meta l4proto ${l4} dnat ${ip} to ${random(backends)} map { ${each(backends, nftEndpoint)} }`,
  ])
}

/** A set of clients for each backend, and a chain for each that writes the client into its set. */
function addAffineChoice(rules: PortRules, { chain, backends, spec, l4 }: Choice): void {
  const { ip, type } = dialectOf(backends)
  const seconds = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10_800
  const port = chain.split('/').slice(1, -1).join('/')
  const nameOf = ({ address, port: number }: Backend) => `${port}/${address.replaceAll(':', '_')}/${number}`
  for (const backend of backends) {
    const name = nameOf(backend)
    const address = ip === 'ip' ? backend.address : `[${backend.address}]`
    rules.sets.set(`clients/${name}`, `type ${type}; flags dynamic,timeout;`)
    rules.chains.set(`to/${name}`, [
      `update @clients/${name} { ${ip} saddr timeout ${seconds}s }`,
      `meta l4proto ${l4} dnat ${ip} to ${address}:${backend.port}`,
    ])
  }
  rules.chains.set(chain, [
    ...backends.map((backend) => `${ip} saddr @clients/${nameOf(backend)} goto to/${nameOf(backend)}`),
    `${random(backends)} vmap { ${each(backends, (backend) => `goto to/${nameOf(backend)}`)} }`,
  ])
}

/** All backends of a choice are of one family. */
const dialectOf = ([first]: readonly Backend[]) => dialects[familyOf(first?.address ?? '')]

const random = (backends: readonly Backend[]) => `numgen random mod ${backends.length}`

const each = (backends: readonly Backend[], text: (backend: Backend) => string) =>
  backends.map((backend, index) => `${index} : ${text(backend)}`).join(', ')
