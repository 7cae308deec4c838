import { defineParameterType } from '@cucumber/cucumber'
import { PROBE_KINDS } from '../cluster/pods/probed.ts'
import { ANSWERERS, CONTROLS } from '../fixtures/ground.ts'
import type { Placement } from '../fixtures/pairs.ts'
import { STICKY } from '../fixtures/scenes/affinity.ts'
import { NAMED } from '../fixtures/scenes/names.ts'
import { CHANGING } from '../fixtures/scenes/own-backends.ts'
import { PAIRS } from '../fixtures/scenes/pairs.ts'
import { PODS } from '../fixtures/scenes/pods.ts'
import { SERVICES } from '../fixtures/scenes/services.ts'
import type { Protocol } from '../probe/protocol.ts'
import { ADDRESSES, PAYLOADS } from '../promises/conversations/plan.ts'
import { FACTS, REFERENCES, REPORTERS } from '../promises/identity/facts.ts'
import { CONFIGURATION_WORDS, SETTING_WORDS } from '../promises/names/configuration.ts'
import { RESOLVERS } from '../promises/names/inquire.ts'
import { GOALS, LOOKUPS } from '../promises/names/looked-up.ts'
import { TOPICS } from '../promises/names/questions.ts'
import { TARGETS } from '../promises/replacement/conversation.ts'
import type { Style } from '../promises/replacement/replace.ts'
import { CHANGES } from '../promises/services/changes.ts'
import { FORBIDDEN } from '../promises/services/choice.ts'
import { EFFECTS } from '../promises/services/open.ts'

/** Every Service that a Given names, with its clients. */
export const SCENES = { ...SERVICES, ...STICKY, ...CHANGING, ...NAMED }

const literal = (words: string) => words.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')

/** Words that a sentence takes, each for itself: the longest is tried first. */
const words = (name: string, all: Iterable<string | undefined>) => {
  const known = [...new Set(all)].filter((each) => each !== undefined).sort((a, b) => b.length - a.length)
  defineParameterType({ name, regexp: known.map(literal), transformer: (word: string) => word })
}

/** Words that a sentence takes, and what each stands for. */
const values = <T>(name: string, table: Readonly<Record<string, T>>) => {
  const known = Object.keys(table).sort((a, b) => b.length - a.length)
  defineParameterType({ name, regexp: known.map(literal), transformer: (word: string) => table[word] as T })
}

values('pair', PAIRS)
values('service', SCENES)
values('pods', PODS)
values('address', ADDRESSES)
values('payload', PAYLOADS)
values('target', TARGETS)
words('answerer', ANSWERERS)
words('control', CONTROLS)
words('reporter', Object.keys(REPORTERS))
words('fact', Object.keys(FACTS))
words('reference', Object.keys(REFERENCES))
words('effect', EFFECTS)
const topics = Object.values(TOPICS)
words('topic', Object.keys(TOPICS))
words(
  'records',
  topics.map(({ gives }) => gives),
)
words(
  'absence',
  topics.map(({ lacks }) => lacks),
)

values('resolver', RESOLVERS)
values('names', LOOKUPS)
words('name', ['the name', 'the name with its namespace', 'the bare name', 'its hostname', 'every alias'])
words('goal', Object.keys(GOALS))
words('setting', SETTING_WORDS)
words('configuration', CONFIGURATION_WORDS)
values('change', CHANGES)
words('backends', [
  'both backends',
  'the backend that is left',
  'both terminating backends',
  'the new backend',
  'the new backends',
  'the backends of the re-created Service',
])
values('forbidden address', FORBIDDEN)
values('kind', Object.fromEntries(PROBE_KINDS.map((kind) => [kind, kind])))

values<Protocol>('protocol', { TCP: 'TCP', UDP: 'UDP', HTTP: 'HTTP' })
values<Placement>('placement', { 'the same node': 'the same node', 'another node': 'another node' })
values<Style['order']>('order', { 'one by one': 'one by one', 'all at once': 'all at once' })
values<Style['manner']>('manner', { gracefully: 'gracefully', 'by force': 'by force' })

/** Protocols of conversations; where there are several of each, the sentence says so. */
values<readonly Protocol[]>('conversations', {
  'a TCP conversation': ['TCP'],
  'a UDP conversation': ['UDP'],
  'a HTTP conversation': ['HTTP'],
  'TCP conversations': ['TCP'],
  'UDP conversations': ['UDP'],
  'TCP and UDP conversations': ['TCP', 'UDP'],
})
