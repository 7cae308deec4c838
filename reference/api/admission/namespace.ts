import type { KubeObject } from '../../contract.ts'

/** Gives a namespace the label with its name, and the finalizer that keeps it until it is empty. */
export function defaultNamespace(namespace: KubeObject, before: KubeObject | undefined): void {
  const { metadata } = namespace
  metadata.labels = { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name }
  namespace.spec = before?.spec ?? { finalizers: ['kubernetes'] }
  namespace.status ??= { phase: 'Active' }
}
