import type { KubeApi } from '../kube/api.ts'
import { may } from '../kube/may.ts'
import { type Right, rightsOf } from './rights.ts'

/** A right that these credentials lack, and the namespace where they lack it; undefined means all of them. */
export interface MissingRight extends Right {
  namespace: string | undefined
}

/** The first minor version that asks for `create` when a stream into a container is opened, and not only for `get`. */
const EXEC_CREATES = 35

/** The namespace of a right. Namespaces that a run will create have no names yet. */
const namespaceOf = ({ where }: Right, namespace: string | undefined): string | undefined =>
  where === 'run' ? namespace : where === 'cluster' ? undefined : where

/**
 * Asks the API which of the rights that a run uses are missing (SelfSubjectAccessReview).
 * @throws Trouble if it does not answer.
 */
export async function missingRights(
  api: KubeApi,
  namespace: string | undefined,
  minor: number,
): Promise<MissingRight[]> {
  const wanted = rightsOf(namespace).filter(
    ({ verb, resource }) => !(resource === 'pods/exec' && verb === 'create' && minor < EXEC_CREATES),
  )
  const answers = await Promise.all(
    wanted.map((right) => may(api, { ...right, namespace: namespaceOf(right, namespace) })),
  )
  const missing = wanted.filter((_, i) => !answers[i])
  const isScout = missing.some(({ verb, resource, where }) => `${verb} ${resource} ${where}` === 'list nodes cluster')
  return missing.map((right) => ({
    ...right,
    // Without the list of nodes, a run creates pods to find some, and deletes them again.
    ...(isScout && right.verb === 'delete' && right.resource === 'pods' && { loses: 'run' as const }),
    namespace: namespaceOf(right, namespace),
  }))
}
