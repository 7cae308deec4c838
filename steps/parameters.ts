import { defineParameterType } from '@cucumber/cucumber'
import type { Placement } from '../fixtures/pairs.ts'
import type { Protocol } from '../probe/protocol.ts'
import { FORMS, type Form } from '../promises/names/lookup.ts'
import { TOPICS } from '../promises/names/questions.ts'
import type { Style } from '../promises/replacement/replace.ts'

defineParameterType({ name: 'protocol', regexp: /TCP|UDP|HTTP/, transformer: (word): Protocol => word as Protocol })

defineParameterType({
  name: 'placement',
  regexp: /the same node|another node/,
  transformer: (words): Placement => words as Placement,
})

/** Which address of the server is dialled; its own ones are one a family. */
export type Address = 'localhost' | 'its own' | 'IPv4' | 'IPv6'
defineParameterType({
  name: 'address',
  regexp: /the server's pod IP|the server's IPv[46] address|the server's address|the pod IP|localhost/,
  transformer: (words): Address => {
    const family = /IPv[46]/.exec(words)?.[0] as 'IPv4' | 'IPv6' | undefined
    return family ?? (words === 'localhost' ? 'localhost' : 'its own')
  },
})

/** Who dials a port that is bound to localhost. */
export type Dialler = 'sibling' | Placement
defineParameterType({
  name: 'dialler',
  regexp: /a sibling container|a client on the same node|a client on another node/,
  transformer: (words): Dialler =>
    words === 'a sibling container' ? 'sibling' : words.endsWith('the same node') ? 'the same node' : 'another node',
})

defineParameterType({
  name: 'fact',
  regexp: /addresses|hostname|downward API's pod IP|downward API's host IP|environment|entry in \/etc\/hosts/,
  transformer: (words) => words,
})

defineParameterType({
  name: 'reference',
  regexp:
    /one of the pod's status\.podIPs|the pod's status\.podIP|the node's InternalIP|the pod's name|its spec\.hostname/,
  transformer: (words) => words,
})

/** Bytes to send and by what; the datagram is larger than any common MTU but jumbo frames'. */
export interface Payload {
  protocol: Protocol
  bytes: number
}
const PAYLOADS: Readonly<Record<string, Payload>> = {
  'a stream of 1 MiB over TCP': { protocol: 'TCP', bytes: 1_048_576 },
  'a datagram larger than the MTU': { protocol: 'UDP', bytes: 12_000 },
}
defineParameterType({
  name: 'payload',
  regexp: /a stream of 1 MiB over TCP|a datagram larger than the MTU/,
  transformer: (words): Payload => PAYLOADS[words] ?? { protocol: 'TCP', bytes: 0 },
})

const either = (words: readonly (string | undefined)[]) =>
  [...new Set(words)].filter((each) => each !== undefined).sort((a, b) => b.length - a.length)
const topics = Object.values(TOPICS)

defineParameterType({ name: 'topic', regexp: either(Object.keys(TOPICS)), transformer: (words) => words })
defineParameterType({
  name: 'records',
  regexp: either(topics.map(({ gives }) => gives)),
  transformer: (words) => words,
})
defineParameterType({
  name: 'absence',
  regexp: either(topics.map(({ lacks }) => lacks)),
  transformer: (words) => words,
})

defineParameterType({ name: 'form', regexp: either(FORMS), transformer: (words): Form => words as Form })

defineParameterType({
  name: 'protocols',
  regexp: /TCP and UDP|TCP/,
  transformer: (words): ('TCP' | 'UDP')[] => (words === 'TCP' ? ['TCP'] : ['TCP', 'UDP']),
})

/** What is to be told from chance by counting. */
export type Effect = 'leak' | 'weight'
defineParameterType({
  name: 'effect',
  regexp: /a leak of 1 in 100|a weight that is doubled/,
  transformer: (words): Effect => (words.startsWith('a leak') ? 'leak' : 'weight'),
})

defineParameterType({
  name: 'order',
  regexp: /one by one|all at once/,
  transformer: (words): Style['order'] => words as Style['order'],
})

defineParameterType({
  name: 'manner',
  regexp: /gracefully|by force/,
  transformer: (words): Style['manner'] => words as Style['manner'],
})
