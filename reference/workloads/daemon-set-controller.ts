import type { V1NodeSelectorTerm, V1PodSpec } from '@kubernetes/client-node'
import type { Admission } from '../api/admission/admit.ts'
import { deleteObject } from '../api/delete.ts'
import { StatusError } from '../api/status.ts'
import type { KubeObject } from '../contract.ts'
import { asPod, type Pod } from '../kubelet/pod.ts'
import { isFinal, isReady } from '../kubelet/pod-status.ts'
import { obstacle } from '../scheduling-obstacles.ts'
import { isOpen } from '../services/backend-changes.ts'
import { collectChanges } from '../services/collect-changes.ts'
import { createFromTemplate } from './from-template.ts'
import { asDaemonSet, ownedBy, ownersOf } from './replicas.ts'

/** What a pod of a DaemonSet tolerates besides its template, as on a real cluster: its node may be cordoned or not Ready. */
const TOLERATED = [
  ...['not-ready', 'unreachable'].map((key) => ({ key: `node.kubernetes.io/${key}`, effect: 'NoExecute' })),
  ...['disk-pressure', 'memory-pressure', 'pid-pressure', 'unschedulable'].map((key) => ({
    key: `node.kubernetes.io/${key}`,
    effect: 'NoSchedule',
  })),
].map((toleration) => ({ ...toleration, operator: 'Exists' }))

/** Keeps one pod of every DaemonSet on each node that its template fits. */
export function startDaemonSetController(admission: Admission): void {
  const { store } = admission
  const changed = collectChanges((namespace, name) => reconcile(admission, namespace, name))
  store.watch('DaemonSet', ({ object: { metadata } }) => changed(metadata.namespace, metadata.name))
  store.watch('Node', () => {
    for (const { metadata } of store.list('DaemonSet')) changed(metadata.namespace, metadata.name)
  })
  store.watch('Pod', ({ object }) => {
    for (const name of ownersOf(object, 'DaemonSet')) changed(object.metadata.namespace, name)
  })
}

function reconcile(admission: Admission, namespace: string, name: string): void {
  const { store } = admission
  const set = store.get('DaemonSet', namespace, name)
  if (!set || !isOpen(store, namespace)) return
  const nodes = store.list('Node').map(({ metadata }) => metadata.name)
  const wanted = nodes.filter((node) => fits(admission, set, node))
  const pods = ownedBy(store, set, 'Pod').map(asPod)
  const standing = pods.filter(({ metadata, status }) => !metadata.deletionTimestamp && !isFinal(status?.phase))
  const nodeOf = ({ spec }: Pod) => pinnedTo(spec as V1PodSpec)
  for (const pod of pods)
    if (!pod.metadata.deletionTimestamp && (isFinal(pod.status?.phase) || !wanted.includes(nodeOf(pod) ?? '')))
      deleteObject(store, pod as unknown as KubeObject)
  // As on a real cluster, a node gets its new pod when the old one is gone.
  for (const node of wanted) if (!pods.some((pod) => nodeOf(pod) === node)) create(admission, set, node)
  const ready = standing.filter((pod) => isReady(pod)).length
  store.update('DaemonSet', namespace, name, (draft) => {
    draft.status = {
      ...{ desiredNumberScheduled: wanted.length, currentNumberScheduled: standing.length, numberMisscheduled: 0 },
      ...{ numberReady: ready, numberAvailable: ready, updatedNumberScheduled: standing.length },
      observedGeneration: draft.metadata.generation,
    }
  })
}

/** Whether a pod of the set may run on a node, whatever runs there already. */
function fits({ store }: Admission, set: KubeObject, node: string): boolean {
  const object = store.list('Node').find(({ metadata }) => metadata.name === node)
  const pod = { ...set, kind: 'Pod', spec: specFor(set, node), status: {} }
  return object !== undefined && obstacle(asPod(pod), object, []) === undefined
}

/** The template's spec, for this node alone. */
function specFor(set: KubeObject, node: string): V1PodSpec {
  const spec = structuredClone(asDaemonSet(set).spec.template.spec) as V1PodSpec
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  const here = { key: 'metadata.name', operator: 'In', values: [node] }
  const only = (term: V1NodeSelectorTerm) => ({ ...term, matchFields: [...(term.matchFields ?? []), here] })
  const nodeSelectorTerms = (required?.nodeSelectorTerms ?? [{}]).map(only)
  return {
    ...spec,
    affinity: {
      ...spec.affinity,
      nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } },
    },
    tolerations: [...(spec.tolerations ?? []), ...TOLERATED],
  }
}

/** The node for which a pod was made. */
const pinnedTo = ({ affinity }: V1PodSpec): string | undefined =>
  affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms[0]?.matchFields?.at(-1)
    ?.values?.[0]

function create(admission: Admission, set: KubeObject, node: string): void {
  try {
    createFromTemplate(admission, set, asDaemonSet(set).spec.template, specFor(set, node))
  } catch (error) {
    if (!(error instanceof StatusError)) throw error
  }
}
