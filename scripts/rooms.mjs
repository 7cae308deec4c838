// The table of rooms (top-level folders with sources). Set-up, lint and a test read it, and no other file lists the rooms.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

/**
 * The rooms that each room may import from, besides itself. `only` limits an import to some files of the room.
 * `packages` is a pattern of the cucumber packages that the room may import. `because` completes the lint message.
 */
export const ROOMS = {
  probe: { may: [], because: 'the probe runs inside a pod, without the other rooms' },
  contract: { may: ['probe'], because: 'all rooms share the types of contract, so it stands below them' },
  reference: { may: [], because: 'the reference cluster knows nothing of the suite' },
  cluster: {
    may: ['contract', 'probe', 'reference'],
    because: 'cluster reaches and provisions a cluster without knowing the promises',
    only: { reference: /^cluster\/sources\/reference\.ts$/ },
  },
  fixtures: {
    may: ['cluster', 'contract', 'probe'],
    because: 'fixtures provide the objects of a scenario and judge nothing',
  },
  promises: {
    may: ['fixtures', 'cluster', 'contract', 'probe'],
    because: 'a promise is measured and judged without knowing the step that calls it',
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
  watch: {
    may: ['reports', 'cluster', 'contract', 'probe'],
    because: 'a watch observes a cluster while it changes, without features and scenarios',
  },
  suite: {
    may: ['reports', 'cluster', 'contract'],
    because: 'cli and prover run the suite, so it stands below them',
    packages: /^@cucumber\//,
  },
  faults: {
    may: ['fixtures', 'cluster', 'contract', 'probe'],
    because: 'a fault knows the cluster, but not the steps and promises that must notice it',
  },
  book: {
    may: ['suite', 'faults', 'reports', 'contract'],
    because: 'the book is made from the features, the faults and the results of a run',
    packages: /^@cucumber\/messages$/,
  },
  prover: {
    may: ['suite', 'faults', 'reports', 'cluster', 'contract', 'probe'],
    because: 'the prover runs the suite under faults',
    packages: /^@cucumber\//,
  },
  cli: {
    may: ['book', 'prover', 'watch', 'suite', 'faults', 'reports', 'cluster', 'contract'],
    because: 'commands parse, print, and call the rooms below',
    packages: /^@cucumber\//,
  },
}

const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*'([^'\n]+)'/g

/** The room of a file, by its path from the root; undefined if it is in no room. */
export const roomOf = (file) => Object.keys(ROOMS).find((room) => file.startsWith(`${room}/`))

/** The wrong imports of one file, a sentence for each. */
export function wrongImports(file, source) {
  const room = roomOf(file)
  if (!room) return []
  const { may, because, only = {}, packages } = ROOMS[room]
  return [...source.matchAll(IMPORT)].flatMap(([, name]) => {
    if (!name.startsWith('.'))
      return name.startsWith('@cucumber/') && !packages?.test(name)
        ? [`${file} imports ${name}: cucumber is known to steps, suite, reports, book, prover and cli alone`]
        : []
    const to = roomOf(normalize(join(dirname(file), name)))
    if (to === room) return []
    if (to === undefined || !may.includes(to))
      return [`${file} imports ${name}: ${because}; ${room} may import ${may.join(', ') || 'nothing else of ours'}`]
    return only[to] && !only[to].test(file) ? [`${file} imports ${name}: only ${only[to]} may import ${to}`] : []
  })
}

/** The TypeScript files of a room, by their paths from the root. `globSync` is not used, because set-up runs on older releases of Node too. */
const filesOf = (root, room) =>
  readdirSync(join(root, room), { recursive: true })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(room, name))

/** All wrong imports in the checkout at `root`, a sentence for each. */
export const wrongImportsIn = (root) =>
  Object.keys(ROOMS)
    .flatMap((room) => filesOf(root, room))
    .sort()
    .flatMap((file) => wrongImports(file, readFileSync(join(root, file), 'utf8')))
