import type { V1Container, V1PodSpec } from '@kubernetes/client-node'
import { containersOf } from './pod-defaults.ts'

type Security = NonNullable<V1Container['securityContext']>
/** What a pod does that a level forbids, in upstream's words; empty when it does not. */
type Breach = (spec: V1PodSpec, containers: readonly V1Container[]) => string

const defaultCapabilities =
  'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT'
const safeSysctls =
  'kernel.shm_rmid_forced net.ipv4.ip_local_port_range net.ipv4.ip_local_reserved_ports net.ipv4.ip_unprivileged_port_start net.ipv4.ping_group_range net.ipv4.tcp_fin_timeout net.ipv4.tcp_keepalive_intvl net.ipv4.tcp_keepalive_probes net.ipv4.tcp_keepalive_time net.ipv4.tcp_rmem net.ipv4.tcp_syncookies net.ipv4.tcp_wmem'
const safeVolumes = 'configMap csi downwardAPI emptyDir ephemeral image persistentVolumeClaim projected secret'

const has = (list: string, name: string) => list.split(' ').includes(name)
const quoted = (names: readonly string[]) => names.map((name) => `"${name}"`).join(', ')
const subject = (word: string, names: readonly string[]) => `${word}${names.length > 1 ? 's' : ''} ${quoted(names)}`
const joined = (...parts: string[]) => parts.filter(Boolean).join('; ')

/** `containers "a", "b" must ...`, of those whose security context offends. */
function offenders(containers: readonly V1Container[], must: string, offends: (context: Security) => boolean): string {
  const names = containers.filter(({ securityContext = {} }) => offends(securityContext)).map(({ name }) => name)
  return names.length === 0 ? '' : `${subject('container', names)} must ${must}`
}

const extraCapabilities = ({ capabilities }: Security, allowed: string) =>
  (capabilities?.add ?? []).filter((name) => !has(allowed, name))

function added(containers: readonly V1Container[], allowed: string): string {
  const extra = new Set(containers.flatMap(({ securityContext = {} }) => extraCapabilities(securityContext, allowed)))
  const must = `not include ${quoted([...extra])} in securityContext.capabilities.add`
  return offenders(containers, must, (context) => extraCapabilities(context, allowed).length > 0)
}

function hostPorts(containers: readonly V1Container[]): string {
  const portsOf = ({ ports = [] }: V1Container) => ports.flatMap(({ hostPort }) => (hostPort ? [hostPort] : []))
  const users = containers.filter((container) => portsOf(container).length > 0).map(({ name }) => name)
  const ports = containers.flatMap(portsOf)
  if (ports.length === 0) return ''
  const verb = users.length > 1 ? 'use' : 'uses'
  return `${subject('container', users)} ${verb} hostPort${ports.length > 1 ? 's' : ''} ${ports.join(', ')}`
}

/** Checks of both levels, in upstream's order: those of baseline alone first, those of restricted alone last. */
const baselineOnly: readonly [string, Breach][] = [
  ['non-default capabilities', (_spec, containers) => added(containers, defaultCapabilities)],
]
const both: readonly [string, Breach][] = [
  [
    'host namespaces',
    (spec) =>
      (['hostNetwork', 'hostPID', 'hostIPC'] as const)
        .flatMap((field) => (spec[field] ? [`${field}=true`] : []))
        .join(', '),
  ],
  ['hostPort', (_spec, containers) => hostPorts(containers)],
  [
    'privileged',
    (_spec, containers) =>
      offenders(containers, 'not set securityContext.privileged=true', ({ privileged }) => privileged === true),
  ],
  [
    'forbidden sysctls',
    ({ securityContext }) =>
      (securityContext?.sysctls ?? []).flatMap(({ name }) => (has(safeSysctls, name) ? [] : [name])).join(', '),
  ],
]
const hostPaths: [string, Breach] = [
  'hostPath volumes',
  ({ volumes = [] }) => {
    const names = volumes.filter(({ hostPath }) => hostPath).map(({ name }) => name)
    return names.length ? subject('volume', names) : ''
  },
]
const restrictedOnly: readonly [string, Breach][] = [
  [
    'allowPrivilegeEscalation != false',
    (_spec, containers) =>
      offenders(
        containers,
        'set securityContext.allowPrivilegeEscalation=false',
        ({ allowPrivilegeEscalation }) => allowPrivilegeEscalation !== false,
      ),
  ],
  [
    'unrestricted capabilities',
    (_spec, containers) =>
      joined(
        offenders(
          containers,
          'set securityContext.capabilities.drop=["ALL"]',
          ({ capabilities }) => !capabilities?.drop?.includes('ALL'),
        ),
        added(containers, 'NET_BIND_SERVICE'),
      ),
  ],
  [
    'restricted volume types',
    ({ volumes = [] }) =>
      joined(
        ...volumes.flatMap(({ name, ...sources }) =>
          Object.keys(sources)
            .filter((type) => !has(safeVolumes, type))
            .map((type) => `volume "${name}" uses restricted volume type "${type}"`),
        ),
      ),
  ],
  [
    'runAsNonRoot != true',
    ({ securityContext: pod }, containers) =>
      orPod(
        offenders(
          containers,
          'set securityContext.runAsNonRoot=true',
          ({ runAsNonRoot }) => (runAsNonRoot ?? pod?.runAsNonRoot) !== true,
        ),
      ),
  ],
  [
    'runAsUser=0',
    ({ securityContext: pod }, containers) =>
      joined(
        pod?.runAsUser === 0 ? 'pod must not set runAsUser=0' : '',
        offenders(containers, 'not set runAsUser=0', ({ runAsUser }) => runAsUser === 0),
      ),
  ],
  [
    'seccompProfile',
    ({ securityContext: pod }, containers) =>
      orPod(
        offenders(
          containers,
          'set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"',
          ({ seccompProfile }) => !has('RuntimeDefault Localhost', (seccompProfile ?? pod?.seccompProfile)?.type ?? ''),
        ),
      ),
  ],
]

const orPod = (breach: string) => breach && `pod or ${breach}`

const levels: Readonly<Record<string, readonly [string, Breach][]>> = {
  baseline: [...baselineOnly, ...both.slice(0, 1), hostPaths, ...both.slice(1)],
  restricted: [...both, ...restrictedOnly],
}

/** Why a namespace that enforces a level of the Pod Security Standards refuses a pod; undefined when it does not. */
export function securityBreach(level: string | undefined, spec: V1PodSpec): string | undefined {
  const breaches = (levels[level ?? ''] ?? []).flatMap(([name, breach]) => {
    const why = breach(spec, containersOf(spec))
    return why === '' ? [] : [`${name} (${why})`]
  })
  return breaches.length ? `violates PodSecurity "${level}:latest": ${breaches.join(', ')}` : undefined
}
