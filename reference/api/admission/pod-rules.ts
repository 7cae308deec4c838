import { isDeepStrictEqual } from 'node:util'
import type { V1Container, V1PodSpec, V1Probe, V1Toleration } from '@kubernetes/client-node'
import type { KubeObject } from '../../contract.ts'
import type { Cause } from '../status.ts'
import { fixed, missing, oneOf, portRange, repeated, required, wrong } from './causes.ts'
import { labelName } from './names.ts'
import { containersOf } from './pod-defaults.ts'

const protocols = ['SCTP', 'TCP', 'UDP']

/** What is wrong with a pod, or with an update of it. */
export function podCauses(pod: KubeObject, before: KubeObject | undefined): Cause[] {
  const spec = pod.spec as V1PodSpec
  const { volumes = [], containers = [], initContainers = [] } = spec
  const causes = [
    ...volumes.flatMap(({ name, configMap, secret }, index) => [
      ...(configMap && !configMap.name ? [required(`spec.volumes[${index}].configMap.name`)] : []),
      ...(secret && !secret.secretName ? [required(`spec.volumes[${index}].secret.secretName`)] : []),
      ...nameCauses(`spec.volumes[${index}].name`, name),
    ]),
    ...repeated(
      volumes.map(({ name }) => name),
      (index) => `spec.volumes[${index}].name`,
    ),
    ...(containers.length === 0 ? [required('spec.containers')] : []),
    ...containers.flatMap((container, index) => containerCauses(container, `spec.containers[${index}]`, spec)),
    ...repeated(
      containers.map(({ name }) => name),
      (index) => `spec.containers[${index}].name`,
    ),
    ...initContainers.flatMap((container, index) => containerCauses(container, `spec.initContainers[${index}]`, spec)),
    ...oneOf('spec.restartPolicy', spec.restartPolicy, ['Always', 'OnFailure', 'Never']),
    ...oneOf('spec.dnsPolicy', spec.dnsPolicy, ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None']),
  ]
  return before && causes.length === 0 ? changeCauses(spec, before.spec as V1PodSpec) : causes
}

const nameCauses = (field: string, name: string | undefined) => (name ? labelName(field, name) : [required(field)])

function containerCauses(container: V1Container, at: string, { hostNetwork, volumes = [] }: V1PodSpec): Cause[] {
  const { env = [], ports = [], volumeMounts = [] } = container
  return [
    ...nameCauses(`${at}.name`, container.name),
    ...(container.image ? [] : [required(`${at}.image`)]),
    ...ports.flatMap(({ containerPort, hostPort, protocol }, index) => [
      ...portRange(`${at}.ports[${index}].containerPort`, containerPort),
      ...(hostPort === undefined ? [] : portRange(`${at}.ports[${index}].hostPort`, hostPort)),
      ...oneOf(`${at}.ports[${index}].protocol`, protocol, protocols),
      ...(hostNetwork && hostPort !== containerPort
        ? [wrong(`${at}.ports[${index}].hostPort`, hostPort, 'must match `containerPort` when `hostNetwork` is true')]
        : []),
    ]),
    ...env.flatMap(({ name, value, valueFrom }, index) => [
      ...(name ? [] : [required(`${at}.env[${index}].name`)]),
      ...(value && valueFrom
        ? [wrong(`${at}.env[${index}].valueFrom`, '', 'may not be specified when `value` is not empty')]
        : []),
    ]),
    ...volumeMounts.flatMap(({ name, mountPath }, index) => [
      ...(volumes.some((volume) => volume.name === name) ? [] : [missing(`${at}.volumeMounts[${index}].name`, name)]),
      ...(mountPath ? [] : [required(`${at}.volumeMounts[${index}].mountPath`)]),
    ]),
    ...oneOf(`${at}.imagePullPolicy`, container.imagePullPolicy, ['Always', 'IfNotPresent', 'Never']),
    ...probeCauses(`${at}.livenessProbe`, container.livenessProbe, true),
    ...probeCauses(`${at}.readinessProbe`, container.readinessProbe, false),
    ...probeCauses(`${at}.startupProbe`, container.startupProbe, true),
  ]
}

function probeCauses(field: string, probe: V1Probe | undefined, once: boolean): Cause[] {
  if (!probe) return []
  const { httpGet, tcpSocket, exec, grpc, successThreshold } = probe
  const port = httpGet?.port ?? tcpSocket?.port
  return [
    ...(httpGet || tcpSocket || exec || grpc ? [] : [required(field, 'must specify a handler type')]),
    ...(once && successThreshold !== 1 ? [wrong(`${field}.successThreshold`, successThreshold, 'must be 1')] : []),
    ...(typeof port === 'number' ? portRange(`${field}.${httpGet ? 'httpGet' : 'tcpSocket'}.port`, port) : []),
  ]
}

/** What is wrong with an update: only a few fields of a pod's spec may change. */
function changeCauses(after: V1PodSpec, before: V1PodSpec): Cause[] {
  const isExtended = (after.tolerations ?? []).length >= (before.tolerations ?? []).length
  const keepsAll = (before.tolerations ?? []).every((old) =>
    after.tolerations?.some((now) => isDeepStrictEqual(now, old)),
  )
  const tolerations: V1Toleration[] = isExtended && keepsAll ? [] : (after.tolerations ?? [])
  if (isDeepStrictEqual(comparable(after, tolerations), comparable(before, []))) return []
  const why =
    'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)'
  return [fixed('spec', why)]
}

function comparable(spec: V1PodSpec, tolerations: V1Toleration[]): unknown {
  const copy = structuredClone(spec)
  for (const container of containersOf(copy)) {
    delete container.image
    // The default of imagePullPolicy depends on the image.
    delete container.imagePullPolicy
  }
  delete copy.activeDeadlineSeconds
  return { ...copy, tolerations }
}
