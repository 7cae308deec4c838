import ipaddr from 'ipaddr.js'
import type { KubeObject } from '../../contract.ts'
import type { Kind } from '../kinds.ts'
import type { Cause } from '../status.ts'
import { required, wrong } from './causes.ts'

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const subdomain = `${label}(\\.${label})*`
const key = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'
const keyWords =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
const valueWords =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"

const whole = (pattern: string) => new RegExp(`^(${pattern})$`)

/** What is wrong with a name that must be a DNS label. */
export function labelName(field: string, name: string): Cause[] {
  if (name.length > 63) return [wrong(field, name, 'must be no more than 63 characters')]
  if (whole(label).test(name)) return []
  const words =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
  return [wrong(field, name, name.includes('.') ? 'must not contain dots' : words)]
}

/** What is wrong with a name that must be a DNS subdomain. */
export function subdomainName(field: string, name: string): Cause[] {
  if (name.length > 253) return [wrong(field, name, 'must be no more than 253 characters')]
  if (whole(subdomain).test(name)) return []
  const words =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
  return [wrong(field, name, words)]
}

/** What is wrong with a host name whose first label may be a `*`. */
export function hostName(field: string, host: string): Cause[] {
  if (!host.includes('*')) return subdomainName(field, host)
  if (whole(`\\*\\.${subdomain}`).test(host)) return []
  const words =
    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
  return [wrong(field, host, words)]
}

/** What is wrong with a name that must be an IP address, written in its shortest form. */
function addressName(field: string, name: string): Cause[] {
  if (!ipaddr.isValid(name))
    return [wrong(field, name, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')]
  const canonical = ipaddr.parse(name).toString()
  return canonical === name ? [] : [wrong(field, name, `must be in canonical form ("${canonical}")`)]
}

const syntaxes = { address: addressName, label: labelName, subdomain: subdomainName }

function qualifiedKey(field: string, text: string): Cause[] {
  const [prefix, name] = text.includes('/') ? text.split('/', 2) : [undefined, text]
  const isKey = whole(key).test(name ?? '') && (prefix === undefined || whole(subdomain).test(prefix))
  return isKey ? [] : [wrong(field, text, keyWords)]
}

function labelValue(field: string, value: string): Cause[] {
  if (value.length > 63) return [wrong(field, value, 'must be no more than 63 bytes')]
  return value === '' || whole(key).test(value) ? [] : [wrong(field, value, valueWords)]
}

/** What is wrong with an object's name, labels and annotations. */
export function metadataCauses({ names }: Kind, { metadata }: KubeObject): Cause[] {
  const { name, labels = {}, annotations = {} } = metadata
  return [
    ...(name === ''
      ? [required('metadata.name', 'name or generateName is required')]
      : syntaxes[names]('metadata.name', name)),
    ...Object.keys(labels).flatMap((text) => qualifiedKey('metadata.labels', text)),
    ...Object.values(labels).flatMap((text) => labelValue('metadata.labels', text)),
    ...Object.keys(annotations).flatMap((text) => qualifiedKey('metadata.annotations', text)),
  ]
}
