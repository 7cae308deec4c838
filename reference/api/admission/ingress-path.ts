import type {
  V1HTTPIngressPath,
  V1IngressBackend,
  V1IngressServiceBackend,
  V1TypedLocalObjectReference,
} from '@kubernetes/client-node'
import type { Cause } from '../status.ts'
import { oneOf, portRange, required, wrong } from './causes.ts'
import { labelName, subdomainName } from './names.ts'

const forbiddenParts = ['//', '/./', '/../', '%2f', '%2F']
const forbiddenEnds = ['/..', '/.']

/** What is wrong with one path of an Ingress rule. */
export function pathCauses({ path = '', pathType, backend }: V1HTTPIngressPath, at: string): Cause[] {
  const refused = (why: string) => wrong(`${at}.path`, path, why)
  const isLiteral = pathType === 'Exact' || pathType === 'Prefix'
  const isRelative = !path.startsWith('/') && (isLiteral || (pathType === 'ImplementationSpecific' && path !== ''))
  return [
    ...(pathType ? [] : [required(`${at}.pathType`, 'pathType must be specified')]),
    ...(pathType ? oneOf(`${at}.pathType`, pathType, ['Exact', 'ImplementationSpecific', 'Prefix']) : []),
    ...(isRelative ? [refused('must be an absolute path')] : []),
    ...(isLiteral ? forbiddenParts : []).flatMap((part) =>
      path.includes(part) ? [refused(`must not contain '${part}'`)] : [],
    ),
    ...(isLiteral ? forbiddenEnds : []).flatMap((end) =>
      path.endsWith(end) ? [refused(`cannot end with '${end}'`)] : [],
    ),
    ...backendCauses(backend, `${at}.backend`),
  ]
}

/** What is wrong with a backend: it has either a Service or another resource. */
export function backendCauses({ service, resource }: Partial<V1IngressBackend> = {}, at: string): Cause[] {
  if (service && resource) return [wrong(at, '', 'cannot set both resource and service backends')]
  if (resource) return resourceCauses(resource, `${at}.resource`)
  if (service) return serviceCauses(service, at)
  return [wrong(at, '', 'resource or service backend is required')]
}

function serviceCauses({ name = '', port: { name: portName, number } = {} }: V1IngressServiceBackend, at: string) {
  const named = name === '' ? [required(`${at}.service.name`)] : labelName(`${at}.service.name`, name)
  if (portName && number) return [...named, wrong(at, '', 'cannot set both port name & port number')]
  if (portName) return [...named, ...portNameCauses(`${at}.service.port.name`, portName)]
  if (number) return [...named, ...portRange(`${at}.service.port.number`, number)]
  return [...named, required(at, 'port name or number is required')]
}

function portNameCauses(field: string, name: string): Cause[] {
  const rules: [boolean, string][] = [
    [name.length <= 15, 'must be no more than 15 characters'],
    [/^[-a-z0-9]+$/.test(name), 'must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)'],
    [/[a-z]/.test(name), 'must contain at least one letter (a-z)'],
    [!name.includes('--'), 'must not contain consecutive hyphens'],
    [!/^-|-$/.test(name), 'must not begin or end with a hyphen'],
  ]
  return rules.flatMap(([holds, why]) => (holds ? [] : [wrong(field, name, why)]))
}

function resourceCauses({ apiGroup, kind = '', name = '' }: Partial<V1TypedLocalObjectReference>, at: string): Cause[] {
  const segment = (field: string, text: string) => {
    if (text === '') return [required(field)]
    return text.includes('/') ? [wrong(field, text, "may not contain '/'")] : []
  }
  return [
    ...(apiGroup ? subdomainName(`${at}.apiGroup`, apiGroup) : []),
    ...segment(`${at}.kind`, kind),
    ...segment(`${at}.name`, name),
  ]
}
