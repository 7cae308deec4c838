import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { V1ContainerStatus, V1PodStatus } from '@kubernetes/client-node'
import type { KubeObject, Runtime } from '../contract.ts'
import { containerOf, podOf } from './exec.ts'
import { isOn, type Target } from './request.ts'
import { badRequest } from './status.ts'
import type { ApiStore } from './store.ts'

/** Answers pods/log, following it if asked to. */
export async function serveLog(
  { store, runtime }: { store: ApiStore; runtime: Runtime },
  response: ServerResponse,
  target: Target,
): Promise<void> {
  const { query } = target
  const pod = podOf(store, target)
  const container = containerOf(pod, query.get('container'))
  const previous = isOn(query, 'previous')
  const follow = isOn(query, 'follow')
  assertStarted(pod, container, previous)
  const gone = new AbortController()
  response.on('close', () => gone.abort())
  const tail = query.get('tailLines')
  const options = { follow, previous, timestamps: isOn(query, 'timestamps') }
  const log = runtime.logs(
    pod,
    container,
    tail === null ? options : { ...options, tailLines: Number(tail) },
    gone.signal,
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
