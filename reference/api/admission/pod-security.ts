import type { V1Container, V1PodSpec } from '@kubernetes/client-node'
import { containersOf } from './pod-defaults.ts'

interface Check {
  name: string
  level: 'baseline' | 'restricted' | 'both'
  /** What breaks it; an empty text when nothing does. */
  breach: (spec: V1PodSpec, containers: readonly V1Container[]) => string
}

const harmless = [
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
]
const defaultCapabilities = [...harmless, 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT']
const safeSysctls = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ping_group_range',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.tcp_wmem',
]
const harmlessVolumes = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
]

const quoted = (names: readonly string[]) => names.map((name) => `"${name}"`).join(', ')
const plural = (word: string, names: readonly string[]) => `${word}${names.length > 1 ? 's' : ''} ${quoted(names)}`

function offenders(
  containers: readonly V1Container[],
  offends: (container: V1Container) => boolean,
  must: string,
): string {
  const names = containers.filter(offends).map(({ name }) => name)
  return names.length === 0 ? '' : `${plural('container', names)} must ${must}`
}

function added(containers: readonly V1Container[], allowed: readonly string[]): string {
  const bad = containers.flatMap(({ name, securityContext }) => {
    const names = (securityContext?.capabilities?.add ?? []).filter((capability) => !allowed.includes(capability))
    return names.length ? [{ name, names }] : []
  })
  if (bad.length === 0) return ''
  const subject = plural(
    'container',
    bad.map(({ name }) => name),
  )
  return `${subject} must not include ${quoted([...new Set(bad.flatMap(({ names }) => names))])} in securityContext.capabilities.add`
}

const hostPortsOf = ({ ports = [] }: V1Container) => ports.flatMap(({ hostPort }) => (hostPort ? [hostPort] : []))
const seccompOk = (type: string | undefined) => type === 'RuntimeDefault' || type === 'Localhost'

/** The checks of the Pod Security Standards that bear on networks and privilege, in upstream's order and words. */
const checks: readonly Check[] = [
  {
    name: 'non-default capabilities',
    level: 'baseline',
    breach: (_spec, containers) => added(containers, defaultCapabilities),
  },
  {
    name: 'host namespaces',
    level: 'both',
    breach: (spec) =>
      (['hostNetwork', 'hostPID', 'hostIPC'] as const)
        .flatMap((field) => (spec[field] ? [`${field}=true`] : []))
        .join(', '),
  },
  {
    name: 'hostPath volumes',
    level: 'baseline',
    breach({ volumes = [] }) {
      const names = volumes.filter(({ hostPath }) => hostPath).map(({ name }) => name)
      return names.length ? plural('volume', names) : ''
    },
  },
  {
    name: 'hostPort',
    level: 'both',
    breach(_spec, containers) {
      const users = containers.filter((container) => hostPortsOf(container).length > 0)
      const ports = users.flatMap(hostPortsOf)
      if (ports.length === 0) return ''
      const subject = plural(
        'container',
        users.map(({ name }) => name),
      )
      return `${subject} use${users.length > 1 ? '' : 's'} hostPort${ports.length > 1 ? 's' : ''} ${ports.join(', ')}`
    },
  },
  {
    name: 'privileged',
    level: 'both',
    breach: (_spec, containers) =>
      offenders(containers, (c) => c.securityContext?.privileged === true, 'not set securityContext.privileged=true'),
  },
  {
    name: 'forbidden sysctls',
    level: 'both',
    breach: ({ securityContext }) =>
      (securityContext?.sysctls ?? [])
        .map(({ name }) => name)
        .filter((name) => !safeSysctls.includes(name))
        .join(', '),
  },
  {
    name: 'allowPrivilegeEscalation != false',
    level: 'restricted',
    breach: (_spec, containers) =>
      offenders(
        containers,
        (c) => c.securityContext?.allowPrivilegeEscalation !== false,
        'set securityContext.allowPrivilegeEscalation=false',
      ),
  },
  {
    name: 'unrestricted capabilities',
    level: 'restricted',
    breach: (_spec, containers) =>
      [
        offenders(
          containers,
          (c) => !c.securityContext?.capabilities?.drop?.includes('ALL'),
          'set securityContext.capabilities.drop=["ALL"]',
        ),
        added(containers, ['NET_BIND_SERVICE']),
      ]
        .filter(Boolean)
        .join('; '),
  },
  {
    name: 'restricted volume types',
    level: 'restricted',
    breach: ({ volumes = [] }) =>
      volumes
        .flatMap((volume) =>
          Object.keys(volume)
            .filter((type) => type !== 'name' && !harmlessVolumes.includes(type))
            .map((type) => `volume "${volume.name}" uses restricted volume type "${type}"`),
        )
        .join('; '),
  },
  {
    name: 'runAsNonRoot != true',
    level: 'restricted',
    breach: ({ securityContext }, containers) =>
      offenders(
        containers,
        (c) => (c.securityContext?.runAsNonRoot ?? securityContext?.runAsNonRoot) !== true,
        'set securityContext.runAsNonRoot=true',
      ),
  },
  {
    name: 'runAsUser=0',
    level: 'restricted',
    breach: ({ securityContext }, containers) =>
      [
        securityContext?.runAsUser === 0 ? 'pod must not set runAsUser=0' : '',
        offenders(containers, (c) => c.securityContext?.runAsUser === 0, 'not set runAsUser=0'),
      ]
        .filter(Boolean)
        .join('; '),
  },
  {
    name: 'seccompProfile',
    level: 'restricted',
    breach: ({ securityContext }, containers) =>
      offenders(
        containers,
        (c) => !seccompOk((c.securityContext?.seccompProfile ?? securityContext?.seccompProfile)?.type),
        'set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"',
      ),
  },
]

// Where the pod's own setting would do for its containers, upstream says so.
const orPod = ['runAsNonRoot != true', 'seccompProfile']

/** Why a namespace that enforces a level refuses a pod; undefined when it does not. */
export function securityBreach(enforced: string | undefined, spec: V1PodSpec): string | undefined {
  if (enforced !== 'baseline' && enforced !== 'restricted') return undefined
  const breaches = checks
    .filter(({ level }) => level === 'both' || level === enforced)
    .flatMap(({ name, breach }) => {
      const why = breach(spec, containersOf(spec))
      if (why === '') return []
      return [`${name} (${orPod.includes(name) ? `pod or ${why}` : why})`]
    })
  return breaches.length ? `violates PodSecurity "${enforced}:latest": ${breaches.join(', ')}` : undefined
}
