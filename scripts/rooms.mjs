// The rooms of this house, and the only place that names them: build, set-up and lint read this table.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

/** What each room may import of ours, beside itself; `parts` narrows a room to some of its files. */
export const ROOMS = {
  probe: { may: [], because: 'the probe runs inside a pod, where nothing else of ours is' },
  contract: { may: ['probe'], because: 'the words that all rooms share stand below them' },
  reference: { may: [], because: 'the reference cluster knows nothing of the suite' },
  cluster: {
    may: ['contract', 'probe', 'reference'],
    because: 'reaching a cluster does not depend on what is asked of it',
    only: { reference: /^cluster\/sources\/reference\.ts$/ },
  },
  fixtures: { may: ['cluster', 'contract', 'probe'], because: 'fixtures are what a scenario stands on' },
  promises: {
    may: ['fixtures', 'cluster', 'contract', 'probe'],
    because: 'a promise is asked and claimed without knowing the sentence that says it',
  },
  steps: {
    may: ['promises', 'fixtures', 'cluster', 'contract', 'probe'],
    because: 'steps turn sentences into calls',
    packages: /^@cucumber\//,
  },
  reports: {
    may: ['contract'],
    because: 'reports read cucumber messages, and nothing else of ours',
    packages: /^@cucumber\//,
  },
  suite: {
    may: ['reports', 'cluster', 'contract'],
    because: 'the suite is what cli and prover run',
    packages: /^@cucumber\//,
  },
  faults: {
    may: ['fixtures', 'cluster', 'contract', 'probe'],
    because: 'a fault knows a cluster as scenarios do, and nothing of them',
  },
  prover: {
    may: ['suite', 'faults', 'reports', 'cluster', 'contract', 'probe'],
    because: 'the prover runs the suite under faults',
    packages: /^@cucumber\//,
  },
  cli: {
    may: ['prover', 'suite', 'faults', 'reports', 'cluster', 'contract'],
    because: 'commands parse, print, and call the rooms below',
    packages: /^@cucumber\//,
  },
}

const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*'([^'\n]+)'/g

/** The room of a file by its path from the root; undefined outside of all rooms. */
export const roomOf = (file) => Object.keys(ROOMS).find((room) => file.startsWith(`${room}/`))

/** What is wrong with the imports of one file: a sentence each. */
export function wrongImports(file, source) {
  const room = roomOf(file)
  if (!room) return []
  const { may, because, only = {}, packages } = ROOMS[room]
  return [...source.matchAll(IMPORT)].flatMap(([, name]) => {
    if (!name.startsWith('.'))
      return name.startsWith('@cucumber/') && !packages?.test(name)
        ? [`${file} imports ${name}: cucumber is known to steps, suite, reports, prover and cli alone`]
        : []
    const to = roomOf(normalize(join(dirname(file), name)))
    if (to === room) return []
    if (to === undefined || !may.includes(to))
      return [`${file} imports ${name}: ${because}; ${room} may import ${may.join(', ') || 'nothing else of ours'}`]
    return only[to] && !only[to].test(file) ? [`${file} imports ${name}: only ${only[to]} may import ${to}`] : []
  })
}

/** The TypeScript files of a room, by their paths from the root. Without `globSync`: set-up reads this table on any Node that npm runs on. */
const filesOf = (root, room) =>
  readdirSync(join(root, room), { recursive: true })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(room, name))

/** Every import that runs against the table, in the checkout at `root`. */
export const wrongImportsIn = (root) =>
  Object.keys(ROOMS)
    .flatMap((room) => filesOf(root, room))
    .sort()
    .flatMap((file) => wrongImports(file, readFileSync(join(root, file), 'utf8')))
