import { randomBytes, randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { isDeepStrictEqual } from 'node:util'
import type { KubeObject } from '../contract.ts'
import { timestamp } from '../timestamp.ts'
import { type Admission, admit, assertNamespaceOpen } from './admission/admit.ts'
import { finishDeletion } from './delete.ts'
import { withoutNulls } from './nulls.ts'
import { applyPatch, assertPatchType } from './patch.ts'
import { bodyObject, contentType, isDryRun, type RequestInfo, typeOf } from './request.ts'
import { alreadyExists, badRequest, conflict, invalid, notFound } from './status.ts'

/** POST: creates an object, with its defaults, checked, and with a name when it has only a generateName. */
export async function create(api: Admission, request: IncomingMessage, info: RequestInfo): Promise<KubeObject> {
  const object = asObject(await bodyObject(request), info)
  const { kind, query } = info
  if (kind.kind === 'SelfSubjectAccessReview')
    return { ...object, metadata: {} as KubeObject['metadata'], status: { allowed: true } }
  return createObject(api, info, object, isDryRun(query))
}

/**
 * Creates an object as if a client had posted it.
 * @throws StatusError when admission refuses it.
 */
export function createObject(
  api: Admission,
  { kind, namespace }: RequestInfo,
  given: KubeObject,
  dryRun = false,
): KubeObject {
  const { generateName } = given.metadata
  const object = structuredClone(given)
  object.metadata = {
    ...object.metadata,
    name: given.metadata.name || (generateName ? generateName + randomSuffix() : ''),
    ...(namespace !== undefined && { namespace }),
    uid: randomUUID(),
    creationTimestamp: timestamp(),
    ...(kind.generation && { generation: 1 }),
  }
  for (const field of ['resourceVersion', 'deletionTimestamp', 'deletionGracePeriodSeconds'] as const)
    delete object.metadata[field]
  if (kind.subresources.status && kind.kind !== 'Node') delete object.status
  assertNamespaceOpen(api, kind, object)
  admit(api, kind, object, undefined)
  const { name } = object.metadata
  if (api.store.get(kind.kind, namespace, name)) throw alreadyExists(kind, name)
  return dryRun ? object : api.store.create(object)
}

/** PUT: replaces an object; of `/status`, only its status, labels and annotations. */
export async function replace(api: Admission, request: IncomingMessage, info: RequestInfo): Promise<KubeObject> {
  const wanted = asObject(await bodyObject(request), info)
  return change(api, info, existing(api, info), wanted)
}

/** PATCH: replaces an object by itself with a patch applied; of `/status`, only its status, labels and annotations. */
export async function patch(api: Admission, request: IncomingMessage, info: RequestInfo): Promise<KubeObject> {
  const type = contentType(request)
  existing(api, info)
  assertPatchType(type)
  const document = await bodyObject(request)
  // Read again: while the body arrived, another client may have changed the object.
  const before = existing(api, info)
  return change(api, info, before, asObject(applyPatch(before, document, type), info))
}

function change(api: Admission, info: RequestInfo, before: KubeObject, wanted: KubeObject): KubeObject {
  const { kind, name = '', namespace, subresource, query } = info
  const { uid, resourceVersion } = wanted.metadata
  if (resourceVersion && resourceVersion !== before.metadata.resourceVersion) throw conflict(kind, name)
  if (uid && uid !== before.metadata.uid) {
    const message = `Invalid value: ${JSON.stringify(uid)}: field is immutable`
    throw invalid(kind, name, [{ reason: 'FieldValueInvalid', message, field: 'metadata.uid' }])
  }
  const after = subresource === 'status' ? withStatus(before, wanted) : structuredClone(wanted)
  if (subresource !== 'status') {
    // The server alone writes these fields. A client's values for them are ignored.
    const { uid, resourceVersion, creationTimestamp, generation, deletionTimestamp, deletionGracePeriodSeconds } =
      before.metadata
    const kept = { uid, resourceVersion, creationTimestamp, generation, deletionTimestamp, deletionGracePeriodSeconds }
    const defined = Object.entries(kept).filter(([, value]) => value !== undefined)
    const { deletionTimestamp: _time, deletionGracePeriodSeconds: _grace, ...metadata } = wanted.metadata
    after.metadata = { ...metadata, ...Object.fromEntries(defined) }
    if (kind.subresources.status && before.status !== undefined) after.status = structuredClone(before.status)
    admit(api, kind, after, before)
    // Only changes by clients count. In a real cluster the binding of a pod to its node does not count either.
    if (after.metadata.generation && !isDeepStrictEqual(contentOf(after), contentOf(before)))
      after.metadata.generation += 1
  }
  if (isDryRun(query) || isDeepStrictEqual(after, before)) return after
  const stored = api.store.update(kind.kind, namespace, name, (object) => {
    for (const field of Object.keys(object)) if (!(field in after)) delete object[field]
    Object.assign(object, structuredClone(after))
  })
  if (!stored) throw notFound(kind, name)
  finishDeletion(api.store, stored)
  return stored
}

/** An object with the status of another one, and with its labels and annotations: a write of `/status` may change these too. */
function withStatus(before: KubeObject, { status, metadata: { labels, annotations } }: KubeObject): KubeObject {
  const { labels: _, annotations: __, ...metadata } = structuredClone(before.metadata)
  const described = { ...metadata, ...(labels && { labels }), ...(annotations && { annotations }) }
  return { ...structuredClone(before), metadata: described, status }
}

/** The part of an object whose changes its generation counts. */
const contentOf = ({ metadata: _, status: __, ...content }: KubeObject) => content

function existing({ store }: Admission, { kind, namespace, name = '' }: RequestInfo): KubeObject {
  const found = store.get(kind.kind, namespace, name)
  if (!found) throw notFound(kind, name)
  return found
}

/**
 * The body as an object of the request's kind.
 * @throws StatusError 400 when it is none.
 */
function asObject(body: unknown, { kind, namespace, name }: RequestInfo): KubeObject {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw badRequest('the body is not an object')
  const { metadata: given, ...rest } = withoutNulls(body) as Partial<KubeObject>
  const type = typeOf(kind)
  if ((rest.kind ?? type.kind) !== type.kind || (rest.apiVersion ?? type.apiVersion) !== type.apiVersion)
    throw badRequest(`${rest.kind} in version "${rest.apiVersion}" cannot be handled as a ${kind.kind}`)
  const metadata = { ...given, name: given?.name ?? '' }
  if (namespace !== undefined && (metadata.namespace ?? namespace) !== namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  if (name !== undefined && metadata.name !== name)
    throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${name})`)
  return { ...rest, ...type, metadata: { ...metadata, ...(namespace !== undefined && { namespace }) } }
}

// No vowels and no characters that look alike, as in Kubernetes.
const letters = 'bcdfghjklmnpqrstvwxz2456789'
const randomSuffix = () => [...randomBytes(5)].map((byte) => letters[byte % letters.length]).join('')
