import type { Layout } from '../../contract/layout.ts'
import type { Path } from '../../contract/path.ts'
import type { Result } from '../model.ts'
import type { Verdict } from '../verdict.ts'
import { clientView, type Flow, flowsOf, serverView } from './flow.ts'
import { addressesOf } from './places.ts'

/** What one end says about the conversation. */
export interface Stop {
  /** "client-1 on node-1". */
  who: string
  from: string
  to: string
  /** The source address is not the one that the client calls its own, or nothing arrived. */
  isWrong: boolean
}

/** The conversation that the drawing shows: the clearest of those that broke a promise. */
export interface Trail {
  result: Result
  path: Path
  client: Stop
  /** Missing if the client got no answer. */
  server?: Stop
  /** What the client got in place of an answer. */
  failure: string
  /** The node and the name of the server that answered, or that was dialled. */
  target: { node: string; name: string }
}

/** Chooses the conversation to draw, of those that the first cause explains; undefined if none is recorded. */
export function trailOf({ core, extended, causes }: Verdict, layout: Layout): Trail | undefined {
  const failed = [...core.failed, ...extended.failed]
  const explained = new Set(causes[0]?.explains.map(({ id, row }) => `${id} ${row}`))
  const first = failed.filter(({ id, row }) => explained.has(`${id} ${row}`))
  const [best] = (first.length > 0 ? first : failed)
    .flatMap((result) => candidates(result, layout, causes[0]?.example))
    .sort((a, b) => b.score - a.score)
  return best && drawn(best, layout)
}

interface Candidate {
  result: Result
  path: Path
  flow: Flow | undefined
  score: number
}

/** Pairs the broken paths of a row with conversations that were recorded whole. */
function candidates(result: Result, layout: Layout, example: Path | undefined): Candidate[] {
  const flows = flowsOf(result, 50)
  return result.evidence.paths
    .filter(({ against }) => against > 0)
    .slice(0, 50)
    .map((path) => {
      const flow = flows.find((each) => fits(each, path, layout))
      const isDirect = path.via === 'pod IP' && path.from.node !== path.to.node
      const isExample = example !== undefined && isLike(path, example)
      const score =
        (isExample ? 8 : 0) + (flow?.server ? 4 : flow ? 3 : 0) + (isDirect ? 4 : 0) + (result.level === 'core' ? 2 : 0)
      return { result, path, flow, score }
    })
}

/** Whether both are conversations of one kind between the same ends. */
const isLike = (a: Path, b: Path): boolean =>
  a.from.name === b.from.name && a.to.name === b.to.name && a.protocol === b.protocol && a.via === b.via

function fits({ dial, client, server }: Flow, path: Path, layout: Layout): boolean {
  const [from, to] = [addressesOf(path.from, layout), addressesOf(path.to, layout)]
  return (
    dial.protocol === path.protocol &&
    dial.port === path.port &&
    (!client || from.length === 0 || from.includes(client.local.ip)) &&
    (to.length === 0 || to.includes(dial.host)) &&
    (!server || path.to.node === '' || server.identity.node === path.to.node)
  )
}

function drawn({ result, path, flow }: Candidate, layout: Layout): Trail {
  const { from, to } = path
  const own = addressesOf(from, layout)[0] ?? 'its own address'
  const says = flow ? clientView(flow, own) : { from: own, to: `port ${path.port}` }
  const saw = flow && serverView(flow)
  const target = { node: flow?.server?.identity.node ?? to.node, name: flow?.server?.identity.pod ?? to.name }
  return {
    ...{ result, path, target },
    client: { who: whoOf(from.name, from.node), ...says, isWrong: false },
    ...(saw && { server: { who: whoOf(target.name, target.node), ...saw, isWrong: saw.from !== says.from } }),
    failure: flow?.failure ? `${flow.failure}${flow.detail ? ` (${flow.detail})` : ''}` : saw ? '' : path.effect,
  }
}

const whoOf = (pod: string, node: string) => (node && node !== pod ? `${pod} on ${node}` : pod)
