import type { KubeApi } from './api.ts'

/** A right in question. Without a namespace it is about all of them. */
export interface AskedRight {
  verb: string
  group: string
  /** `pods`, or with a part: `pods/exec`. */
  resource: string
  namespace?: string | undefined
}

/**
 * Whether these credentials have a right (SelfSubjectAccessReview); undefined if the answer does not say.
 * @throws Trouble if the API does not answer.
 */
export async function may(
  api: KubeApi,
  { verb, group, resource: named, namespace }: AskedRight,
): Promise<boolean | undefined> {
  const [resource = '', subresource] = named.split('/')
  const resourceAttributes = {
    verb,
    group,
    resource,
    ...(subresource && { subresource }),
    ...(namespace && { namespace }),
  }
  const { status } = await api.authorization.createSelfSubjectAccessReview({ body: { spec: { resourceAttributes } } })
  return status?.allowed
}
