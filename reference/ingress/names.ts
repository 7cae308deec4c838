/** The name of the pod, its Service and its Secrets. */
export const name = 'reference-ingress'

/** The namespace of the pod. */
export const namespace = 'kube-system'

/** The name of the IngressClass and of the GatewayClass. */
export const className = 'reference'

/** The controller that the IngressClass names. */
export const ingressController = 'reference.cluster.local/ingress-controller'

/** The controller that the GatewayClass names. */
export const gatewayController = 'reference.cluster.local/gateway-controller'
