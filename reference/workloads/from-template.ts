import type { V1PodTemplateSpec } from '@kubernetes/client-node'
import type { Admission } from '../api/admission/admit.ts'
import { createThroughAdmission } from '../api/bootstrap.ts'
import type { KubeObject } from '../contract.ts'
import { controllerReference } from '../controller-reference.ts'

/**
 * Creates a pod of a ReplicaSet or a DaemonSet from its template, with this spec.
 * @throws StatusError if it is not admitted.
 */
export function createFromTemplate(
  admission: Admission,
  set: KubeObject,
  template: V1PodTemplateSpec | undefined,
  spec: V1PodTemplateSpec['spec'],
): void {
  const { namespace, name } = set.metadata
  createThroughAdmission(admission, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...(template?.metadata as object | undefined),
      ...{ name: '', generateName: `${name}-`, ...(namespace && { namespace }) },
      ownerReferences: [controllerReference(set)],
    },
    spec: spec as unknown as Record<string, unknown>,
  })
}
