import type { ClusterFacts } from '../../contract/cluster.ts'
import { sentence } from '../../contract/errors.ts'
import { mirrored } from '../../contract/image.ts'
import type { Settings } from '../../contract/settings.ts'
import {
  broken,
  type Capability,
  type IngressRef,
  type NodeRef,
  no,
  type Topology,
  yes,
} from '../../contract/topology.ts'
import type { KubeApi } from '../kube/api.ts'
import { isCode } from '../kube/trouble.ts'
import { findGatewayClass } from './gateway-class.ts'
import { install } from './install.ts'
import { TRAEFIK } from './traefik.ts'

/** What is known of a cluster before its Ingress controller is found or installed. */
export interface IngressSite {
  api: KubeApi
  facts: ClusterFacts
  settings: Settings
  run: string
  namespaces: Topology['namespaces']
  nodes: readonly NodeRef[]
  /** The names of the `@needs-…` tags of the selected scenarios. */
  needs: ReadonlySet<string>
  signal: AbortSignal
}

/** The Ingress controller of a cluster, and the capabilities that depend on it. */
export interface FoundIngress {
  ingress?: IngressRef
  gatewayClass?: string
  needs: Record<'ingress' | 'own-ingress' | 'gatewayapi', Capability>
  /** Settles when an installed controller serves. */
  serves?: Promise<void>
}

interface Controller {
  ingress: Capability
  ref?: IngressRef
  serves?: Promise<void>
}

const WELL_KNOWN = { http: 80, https: 443 }
const NO_LOADING = 'flatnet cannot load an Ingress controller into the nodes; --ingress-class NAME names another one'
const UNUSED = no('no selected scenario needs it')

/** Finds the controller that the settings or the source of the cluster name, or installs one. */
export async function findIngress(site: IngressSite): Promise<FoundIngress> {
  const { needs } = site
  const unused: Controller = { ingress: UNUSED }
  const [{ ingress, ref, serves }, gateway] = await Promise.all([
    needsController(needs) ? findController(site) : unused,
    needs.has('gatewayapi') ? findGatewayClass(site) : UNUSED,
  ])
  return {
    needs: ingressNeeds(site, ingress, gateway),
    ...(ref && { ingress: ref }),
    ...(typeof gateway === 'string' && { gatewayClass: gateway }),
    ...(serves && { serves }),
  }
}

/** The capabilities about Ingress and Gateway that a run would find. Nothing is installed. */
export async function foreseeIngress(site: Omit<IngressSite, 'namespaces' | 'needs' | 'signal'>) {
  const [known, gateway] = await Promise.all([knownController(site), findGatewayClass(site)])
  const loads = site.nodes.some(({ name }) => (site.facts.nodeShell[name] ?? []).length > 0)
  return ingressNeeds(site, known?.ingress ?? (loads ? yes : no(NO_LOADING)), gateway)
}

function ingressNeeds(
  { settings, facts }: Pick<IngressSite, 'settings' | 'facts'>,
  ingress: Capability,
  gateway: string | Capability,
): FoundIngress['needs'] {
  const isOwn = settings.ingressClass === undefined && facts.ingress !== undefined
  const shared = no(
    'the controller is not flatnet’s own, and a catch-all would take the requests of others; --cluster kind has one',
  )
  const gatewayapi = typeof gateway === 'string' ? yes : gateway
  return { ingress, 'own-ingress': ingress.has && !isOwn ? shared : ingress, gatewayapi }
}

const needsController = (needs: ReadonlySet<string>) => needs.has('ingress') || needs.has('own-ingress')

/** Whether the run will install a controller. */
export const installs = ({ settings, facts, needs }: Pick<IngressSite, 'settings' | 'facts' | 'needs'>): boolean =>
  settings.ingressClass === undefined &&
  settings.namespace === undefined &&
  facts.ingress !== undefined &&
  'load' in facts.ingress &&
  needsController(needs)

/** The controller that need not be installed, or why none can be; undefined if one must be installed. */
async function knownController({
  settings,
  facts,
  api,
}: Pick<IngressSite, 'settings' | 'facts' | 'api'>): Promise<Controller | undefined> {
  const known = facts.ingress
  if (settings.ingressClass !== undefined) return namedClass(api, settings.ingressClass)
  if (!known) return { ingress: no('name an IngressClass of this cluster with --ingress-class NAME') }
  if ('ingressClass' in known) return { ingress: yes, ref: { className: known.ingressClass, ports: WELL_KNOWN } }
  if (settings.namespace !== undefined)
    return {
      ingress: no('the run is confined to namespaces that exist (--namespace), so it installs no Ingress controller'),
    }
  return undefined
}

async function findController(site: IngressSite): Promise<Controller> {
  const there = await knownController(site)
  if (there) return there
  const { settings, facts, namespaces, nodes, api, run, signal } = site
  if (!facts.ingress || !('load' in facts.ingress)) return { ingress: no(NO_LOADING) }
  const { load } = facts.ingress
  const node = nodes.find(({ name }) => (facts.nodeShell[name] ?? []).length > 0)
  const address = node?.internalIPs[0]
  if (!node || address === undefined) return { ingress: no(NO_LOADING) }
  try {
    const { limits, imageRegistry } = settings
    const image = mirrored(TRAEFIK, imageRegistry)
    const where = { run, namespace: namespaces.main, node: node.name, address, image }
    const { ingress, serves } = await install({ api, load, limits, signal, ...where })
    return { ingress: yes, ref: ingress, serves }
  } catch (error) {
    return { ingress: broken(`the Ingress controller could not be installed: ${sentence(error)}`) }
  }
}

async function namedClass(api: KubeApi, name: string): Promise<Controller> {
  try {
    await api.networking.readIngressClass({ name })
  } catch (error) {
    if (isCode(error, 404)) return { ingress: broken(`there is no IngressClass ${name} (--ingress-class)`) }
    // Without the permission to read classes, its name may still be used.
    if (!isCode(error, 403)) throw error
  }
  return { ingress: yes, ref: { className: name, ports: WELL_KNOWN } }
}
