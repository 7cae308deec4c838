import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { V1ContainerStatus, V1PodStatus } from '@kubernetes/client-node'
import type { KubeObject, Runtime } from '../contract.ts'
import { containerOf, podOf } from './pod-containers.ts'
import { isOn, type RequestInfo } from './request.ts'
import { badRequest } from './status.ts'
import type { ApiStore } from './store.ts'

/** Answers pods/log. With `follow` the response goes on until the container or the client ends. */
export async function serveLog(
  { store, runtime }: { store: ApiStore; runtime: Runtime },
  response: ServerResponse,
  info: RequestInfo,
): Promise<void> {
  const { query } = info
  const pod = podOf(store, info)
  const container = containerOf(pod, query.get('container'))
  const previous = isOn(query, 'previous')
  const follow = isOn(query, 'follow')
  assertStarted(pod, container, previous)
  const closed = new AbortController()
  response.on('close', () => closed.abort())
  const tail = query.get('tailLines')
  const options = { follow, previous, timestamps: isOn(query, 'timestamps') }
  const log = runtime.logs(
    pod,
    container,
    tail === null ? options : { ...options, tailLines: Number(tail) },
    closed.signal,
  )
  log.on('error', () => response.destroy())
  response.setHeader('content-type', 'text/plain')
  response.setHeader('cache-control', 'no-cache, private')
  response.writeHead(200)
  if (follow) response.flushHeaders()
  log.pipe(response)
  await once(response, 'close')
  log.destroy()
}

function assertStarted(pod: KubeObject, container: string, previous: boolean): void {
  const { containerStatuses = [], initContainerStatuses = [] } = (pod.status ?? {}) as V1PodStatus
  const status = [...containerStatuses, ...initContainerStatuses].find(({ name }) => name === container)
  const subject = `container "${container}" in pod "${pod.metadata.name}"`
  if (previous && !status?.lastState?.terminated) throw badRequest(`previous terminated ${subject} not found`)
  if (!previous && !hasRun(status))
    throw badRequest(`${subject} is waiting to start: ${status?.state?.waiting?.reason ?? 'ContainerCreating'}`)
}

const hasRun = (status: V1ContainerStatus | undefined) =>
  Boolean(status?.state?.running ?? status?.state?.terminated ?? status?.lastState?.terminated)
