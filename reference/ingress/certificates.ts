import { createSecureContext, type SecureContext } from 'node:tls'
import { covers } from './hosts.ts'
import { ownIngresses } from './ingress-rules.ts'
import type { Secret, Snapshot } from './snapshot.ts'

/** Finds the certificate for a server name; undefined when no Ingress has one. */
export type FindCertificate = (serverName: string) => SecureContext | undefined

/** A function that finds certificates in one snapshot: those of an exact name before those of a wildcard. */
export function certificatesIn(snapshot: Snapshot): FindCertificate {
  const secrets = new Map(
    snapshot.secrets.map((secret) => [keyOf(secret.metadata.namespace, secret.metadata.name), secret]),
  )
  const entries = ownIngresses(snapshot).flatMap(({ metadata, spec }) =>
    (spec?.tls ?? []).flatMap(({ hosts, secretName }) => {
      const secret = secrets.get(keyOf(metadata.namespace, secretName))
      // An entry without hosts is for all hosts of its Ingress.
      const names = hosts?.length ? hosts : (spec?.rules ?? []).flatMap(({ host }) => host ?? [])
      return secret ? names.map((name) => ({ name, secret })) : []
    }),
  )
  return (serverName) => {
    const wanted = serverName.toLowerCase()
    const found =
      entries.find(({ name }) => name === wanted) ?? entries.find(({ name }) => covers(name, wanted, 'one label'))
    return found && contextOf(found.secret)
  }
}

const keyOf = (namespace = '', name = '') => `${namespace}/${name}`

const contexts = new WeakMap<Secret, { context: SecureContext | undefined }>()

function contextOf(secret: Secret): SecureContext | undefined {
  const known = contexts.get(secret)
  if (known) return known.context
  const context = makeContext(secret)
  contexts.set(secret, { context })
  return context
}

function makeContext({ data = {} }: Secret): SecureContext | undefined {
  const decode = (key: string) => Buffer.from(data[key] ?? '', 'base64')
  try {
    return createSecureContext({ cert: decode('tls.crt'), key: decode('tls.key') })
  } catch {
    // The Secret has no valid certificate. Clients get the default one.
    return undefined
  }
}
