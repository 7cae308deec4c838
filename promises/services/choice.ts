import type { V1Service } from '@kubernetes/client-node'
import { serviceRef } from '../../cluster/pods/refs.ts'
import { NonConformance, Trouble } from '../../contract/errors.ts'
import type { ServiceRef } from '../../contract/topology.ts'
import type { Dialable } from '../../fixtures/dialable.ts'
import { type Ground, type Scene, serviceOf } from '../../fixtures/ground.ts'
import { givenBack, PORTS } from '../../fixtures/scenes/services.ts'
import { backendsOf, clientsOf, NO_BACKEND } from '../../fixtures/service-clients.ts'
import { familyOf } from '../../probe/address.ts'
import { attempt, type Reply } from './addresses.ts'

/** A Service that asked for an address or a node port, and the API's reply. */
export interface Choice {
  asked: string
  reply: Reply
  /** Whether the address or port was free. */
  free: boolean
  /** The address or port that a Service was given. */
  got: (given: V1Service) => string
  /** The clients of a Service that got what it asked for. */
  clients: (given: V1Service, scene: Scene) => Dialable[]
}

/** Addresses reserved for documentation, which are in no Service range. */
const OUTSIDE = { 4: '192.0.2.1', 6: '2001:db8::1' }

/** The number of addresses or ports to try, because another client of the API may take one first. */
export const RACES = 5

const virtualIP = ({ topology }: Ground): Pick<Choice, 'got' | 'clients'> => ({
  got: (given) => serviceRef(given).ip,
  clients: (given, { pods }) => clientsOf(topology, serviceRef(given), pods),
})

/** Asks for a virtual IP that another Service has given back. */
async function askForFreed(ground: Ground, { other }: Scene): Promise<Choice> {
  if (!other) throw new Error('no Service has given an address back')
  const { selector } = backendsOf(ground.topology)
  let freed = other
  for (let race = 1; race <= RACES; race++) {
    const reply = await attempt(ground.own().createService('chosen', { ports: PORTS, selector, clusterIP: freed.ip }))
    if ('given' in reply || !/allocated/.test(reply.words))
      return { asked: freed.ip, reply, free: true, ...virtualIP(ground) }
    freed = await givenBack(ground)
  }
  throw new Trouble(
    `other clients of the API took ${RACES} virtual IPs before this scenario could ask for them, so this row is inconclusive.`,
  )
}

const askFor =
  (address: (service: ServiceRef) => string) =>
  async (ground: Ground, scene: Scene): Promise<Choice> => {
    const asked = address(serviceOf(scene))
    const spec = { ports: PORTS, selector: NO_BACKEND, clusterIP: asked }
    return {
      asked,
      reply: await attempt(ground.own().createService('refused', spec)),
      free: false,
      ...virtualIP(ground),
    }
  }

/** The addresses that a Service asks for, in the words of a When. */
export const CHOICES: Readonly<Record<string, (ground: Ground, scene: Scene) => Promise<Choice>>> = {
  'this address': askForFreed,
  'an address that a Service has': askFor(({ ip }) => ip),
  'an address outside of every range': askFor(({ ip }) => OUTSIDE[familyOf(ip)]),
}

/** The scene with the Service that got what it asked for; unchanged if it did not get it. */
export function chosenScene(scene: Scene, { reply, free, clients }: Choice): Scene {
  if (!free || !('given' in reply)) return scene
  return { ...scene, service: serviceRef(reply.given), subjects: clients(reply.given, scene) }
}

/**
 * The words of a policy of the cluster that refuses an object: a webhook, or a ValidatingAdmissionPolicy. The latter answers 422 too, as an
 * address that cannot be given does.
 */
const POLICY = /denied (the )?request/

/** The Service has what it asked for, which was free. @throws Trouble if the API refused for another reason. */
export function claimChosen({ asked, reply, got }: Choice): void {
  const broken = (actual: string) => new NonConformance({ expected: 'the Service gets what it asked for', actual })
  if ('code' in reply) {
    if (reply.code !== 422 || POLICY.test(reply.words)) throw new Trouble(`could not create a Service: ${reply.words}`)
    throw broken(`a Service that asked for ${asked}, which was free, was refused with ${reply.code}: ${reply.words}`)
  }
  const given = got(reply.given)
  if (given !== asked) throw broken(`a Service that asked for ${asked} was given ${given}`)
}
