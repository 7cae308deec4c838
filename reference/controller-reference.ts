import type { KubeObject } from './contract.ts'

/** The entry of `ownerReferences` for an object that controls another one. */
export const controllerReference = ({ apiVersion, kind, metadata: { name, uid = '' } }: KubeObject) => ({
  ...{ apiVersion, kind, name, uid },
  ...{ controller: true, blockOwnerDeletion: true },
})
