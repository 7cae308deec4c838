import type { V1ServiceSpec } from '@kubernetes/client-node'
import { serviceRef } from '../../cluster/pods/refs.ts'
import { Trouble } from '../../contract/errors.ts'
import type { Ground, Scene } from '../../fixtures/ground.ts'
import { clientsOfNodePorts, drawContainer, drawServicePorts, nodePortsOf } from '../../fixtures/node-port-clients.ts'
import { backendsOf, clientProbes } from '../../fixtures/service-clients.ts'
import { attempt } from '../services/addresses.ts'
import { type Choice, RACES } from '../services/choice.ts'
import { nodePortRange } from './node-port-range.ts'

/** A Service over the standing backends that asks for this node port for TCP, and leaves the one for UDP to the API. */
function asking(ground: Ground, nodePort: number) {
  const { pods, selector } = backendsOf(ground.topology)
  const backing = drawContainer(ground, pods)
  const ports = drawServicePorts(ground, backing.target).map((each) =>
    each.name === 'tcp' ? { ...each, nodePort } : each,
  )
  const spec: V1ServiceSpec = { type: 'NodePort', selector, ports }
  const rest: Pick<Choice, 'got' | 'clients'> = {
    got: (given) => String(nodePortsOf(given).tcp),
    clients: (body) => {
      const made = { service: serviceRef(body), body, ports: nodePortsOf(body), container: backing.container }
      return clientsOfNodePorts(made, clientProbes(ground.topology), ground.topology.nodes, () => pods)
    },
  }
  return { spec, rest }
}

/** Asks for a node port that a dry run was given a moment before. */
async function askForFree(ground: Ground): Promise<Choice> {
  const { first, last } = await nodePortRange(ground.own())
  for (let race = 1; race <= 2 * RACES; race++) {
    const nodePort = ground.draw.number(first, last)
    const { spec, rest } = asking(ground, nodePort)
    const isTaken = (reply: Choice['reply']) => 'words' in reply && /already allocated/.test(reply.words)
    if (isTaken(await attempt(ground.own().tryService(spec)))) continue
    const reply = await attempt(ground.own().createService('chosen', spec))
    if (!isTaken(reply)) return { asked: String(nodePort), reply, free: true, ...rest }
  }
  throw new Trouble(`no free node port was found in ${2 * RACES} attempts, so this row is inconclusive.`)
}

async function askFor(ground: Ground, nodePort: number): Promise<Choice> {
  const { spec, rest } = asking(ground, nodePort)
  return {
    asked: `node port ${nodePort}`,
    reply: await attempt(ground.own().createService('refused', spec)),
    free: false,
    ...rest,
  }
}

/** The node ports that a Service asks for, in the words of a When. */
export const PORT_CHOICES: Readonly<Record<string, (ground: Ground, scene: Scene) => Promise<Choice>>> = {
  'a free node port': askForFree,
  'a node port that a Service has': (ground, { subjects }) => askFor(ground, subjects[0]?.ports.tcp ?? 0),
  'a node port outside of the range': async (ground) => {
    const { first, last } = await nodePortRange(ground.own())
    const outside = [first - 1, last + 1, ...ground.draw.ports(1)].filter((port) => port >= 1 && port <= 65_535)
    const refused = outside.filter((port) => port < first || port > last)
    if (refused.length === 0) throw new Trouble('every port is in the range of node ports, so none can be refused.')
    return askFor(ground, ground.draw.one(refused))
  },
}
