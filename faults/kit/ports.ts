import { portsOf } from '../../cluster/pods/plan.ts'

export { CLOSED_PORT, GRPC_PORT } from '../../cluster/pods/probed.ts'
export { LOOPBACK_PORT } from '../../cluster/site/standing.ts'
export { WELL_KNOWN } from '../../fixtures/scenes/services.ts'

/** The ports of a probe pod's first container, and of the next one. */
export const { tcp: TCP, udp: UDP, http: HTTP } = portsOf(0)
export const SIBLING = portsOf(1).tcp

/** Every port of every probe, as nft writes a range. */
export const PROBE_PORTS = `${TCP}-${portsOf(10).tcp - 1}`
