import type { CoreV1EndpointPort, V1Endpoint, V1EndpointAddress, V1EndpointSubset } from '@kubernetes/client-node'
import type { Content } from './endpoints.ts'
import { familyOf, type Service } from './service-objects.ts'

/** The subsets of a Service's Endpoints: the content of its slices of the first version of IP, in the older form. */
export function subsetsOf({ spec }: Service, contents: readonly Content[]): V1EndpointSubset[] {
  const { ipFamilies = [], ports = [], publishNotReadyAddresses = false } = spec
  return contents
    .filter((content) => content.addressType === ipFamilies[0])
    .filter((content) => ports.length === 0 || (content.ports ?? []).length > 0)
    .flatMap((content) => {
      const listed = content.endpoints.filter(({ conditions }) => publishNotReadyAddresses || !conditions?.terminating)
      const addresses = addressesOf(listed, true)
      const notReadyAddresses = addressesOf(listed, false)
      const all = {
        ...(addresses.length > 0 && { addresses }),
        ...(notReadyAddresses.length > 0 && { notReadyAddresses }),
        ...(ports.length > 0 && { ports: (content.ports ?? []).map(subsetPort) }),
      }
      return listed.length > 0 ? [all] : []
    })
}

function addressesOf(endpoints: readonly V1Endpoint[], ready: boolean): V1EndpointAddress[] {
  return endpoints
    .filter(({ conditions }) => conditions?.ready === ready)
    .flatMap(({ addresses, hostname, nodeName, targetRef }) =>
      addresses.map((ip) => ({
        ip,
        ...(hostname && { hostname }),
        ...(nodeName && { nodeName }),
        ...(targetRef && { targetRef }),
      })),
    )
}

const subsetPort = ({ name, port = 0, protocol, appProtocol }: NonNullable<Content['ports']>[number]) => ({
  ...(name && { name }),
  port,
  ...(protocol && { protocol }),
  ...(appProtocol && { appProtocol }),
})

/** The content of EndpointSlices for subsets that a client wrote: one for each subset and version of IP. */
export function mirrored(subsets: readonly V1EndpointSubset[]): Content[] {
  return subsets.flatMap(({ addresses = [], notReadyAddresses = [], ports = [] }) => {
    const endpoints = [
      ...addresses.map((address) => mirroredEndpoint(address, true)),
      ...notReadyAddresses.map((address) => mirroredEndpoint(address, false)),
    ]
    const families = Map.groupBy(endpoints, ({ addresses: [address = ''] }) => familyOf(address))
    return [...families].map(([addressType, members]) => ({
      addressType,
      endpoints: members,
      ports: ports.map(mirroredPort),
    }))
  })
}

const mirroredEndpoint = ({ ip, hostname, nodeName, targetRef }: V1EndpointAddress, ready: boolean): V1Endpoint => ({
  addresses: [ip],
  conditions: { ready },
  ...(hostname && { hostname }),
  ...(nodeName && { nodeName }),
  ...(targetRef && { targetRef }),
})

const mirroredPort = ({ name = '', port, protocol = 'TCP', appProtocol }: CoreV1EndpointPort) => ({
  name,
  port,
  protocol,
  ...(appProtocol && { appProtocol }),
})
