import { isDeepStrictEqual } from 'node:util'
import type { V1DaemonSetSpec, V1DeploymentSpec, V1PodTemplateSpec, V1ReplicaSetSpec } from '@kubernetes/client-node'
import type { KubeObject } from '../../contract.ts'
import type { Cause } from '../status.ts'
import { oneOf, required, wrong } from './causes.ts'
import { defaultPodSpec } from './pod-defaults.ts'
import { podCauses } from './pod-rules.ts'

/** Gives a ReplicaSet its defaults. */
export function defaultReplicaSet(object: KubeObject): void {
  const spec = (object.spec ?? {}) as V1ReplicaSetSpec
  object.spec = spec
  spec.replicas ??= 1
  if (spec.template?.spec) defaultPodSpec(spec.template.spec)
}

/** Gives a DaemonSet its defaults. */
export function defaultDaemonSet(object: KubeObject): void {
  const spec = (object.spec ?? {}) as V1DaemonSetSpec
  object.spec = spec
  spec.updateStrategy ??= { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } }
  spec.revisionHistoryLimit ??= 10
  if (spec.template?.spec) defaultPodSpec(spec.template.spec)
}

/** Gives a Deployment its defaults. */
export function defaultDeployment(object: KubeObject): void {
  defaultReplicaSet(object)
  const spec = object.spec as V1DeploymentSpec
  spec.strategy ??= {}
  spec.strategy.type ??= 'RollingUpdate'
  if (spec.strategy.type === 'RollingUpdate')
    spec.strategy.rollingUpdate = { maxSurge: '25%', maxUnavailable: '25%', ...spec.strategy.rollingUpdate }
  spec.revisionHistoryLimit ??= 10
  spec.progressDeadlineSeconds ??= 600
}

/** What is wrong with a ReplicaSet, a Deployment or a DaemonSet: its selector chooses its own pods, and does not change. */
export function workloadCauses({ spec }: KubeObject, before: KubeObject | undefined): Cause[] {
  const { replicas = 1, selector, template } = spec as Partial<V1ReplicaSetSpec>
  const old = before?.spec as V1ReplicaSetSpec | undefined
  return [
    ...(replicas < 0 ? [wrong('spec.replicas', replicas, 'must be greater than or equal to 0')] : []),
    ...selectorCauses(selector?.matchLabels, template?.metadata?.labels),
    ...(old && !isDeepStrictEqual(old.selector, selector)
      ? [wrong('spec.selector', selector, 'field is immutable')]
      : []),
    ...templateCauses(template),
  ]
}

type Labels = Record<string, string>

function selectorCauses(selector: Labels | undefined, labels: Labels = {}): Cause[] {
  if (!selector) return [required('spec.selector')]
  const matches = Object.entries(selector).every(([key, value]) => labels[key] === value)
  const why = '`selector` does not match template `labels`'
  return matches ? [] : [wrong('spec.template.metadata.labels', labels, why)]
}

function templateCauses(template: V1PodTemplateSpec | undefined): Cause[] {
  if (!template?.spec) return [required('spec.template.spec.containers')]
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: '' }, spec: template.spec }
  const causes = [...podCauses(pod, undefined), ...oneOf('spec.restartPolicy', template.spec.restartPolicy, ['Always'])]
  return causes.map((cause) => ({ ...cause, field: `spec.template.${cause.field}` }))
}
