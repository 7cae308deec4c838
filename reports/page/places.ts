import type { Layout } from '../../contract/layout.ts'
import type { End } from '../../contract/path.ts'
import type { Model } from '../model.ts'
import { portraitOf } from './about.ts'
import { flowsOf } from './flow.ts'

/** The layout that the run recorded; of an older recording, what its conversations show. */
export const placesOf = (model: Model): Layout => model.facts?.layout ?? seen(model)

function seen(model: Model): Layout {
  const pods = new Map<string, Layout['pods'][number]>()
  for (const result of model.results)
    for (const { dial, server } of flowsOf(result, 20))
      if (server && server.local.ip === dial.host && /^(client|server)-/.test(server.identity.pod))
        pods.set(server.identity.pod, {
          ...{ name: server.identity.pod, node: server.identity.node, role: '', ips: [dial.host] },
        })
  const { tested = [] } = portraitOf(model)
  return { nodes: tested.map((name) => ({ name, ips: [], podCIDRs: [] })), pods: [...pods.values()], outside: [] }
}

/** The addresses of one end, as far as they are known. */
export function addressesOf({ kind, name, node }: End, layout: Layout): string[] {
  if (kind === 'outside') return layout.outside.find((host) => host.name === name)?.ips ?? []
  if (kind === 'node' || kind === 'host pod') return layout.nodes.find((each) => each.name === node)?.ips ?? []
  return layout.pods.find((pod) => pod.name === name)?.ips ?? []
}
