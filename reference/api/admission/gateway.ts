import type { V1Condition } from '@kubernetes/client-node'
import type { KubeObject } from '../../contract.ts'
import type { Gateway, GatewayClass, Listener } from '../../gateway-api.ts'
import type { Cause } from '../status.ts'
import { duplicate, oneOf, portRange, required, wrong } from './causes.ts'
import { controllerCauses } from './ingress-class.ts'
import { hostName } from './names.ts'

/** The condition of an object that no controller has looked at. */
const pending = (type: string): V1Condition => ({
  type,
  status: 'Unknown',
  reason: 'Pending',
  message: 'Waiting for controller',
  lastTransitionTime: '1970-01-01T00:00:00Z' as unknown as Date,
})

const asGateway = (object: KubeObject) => object as unknown as Partial<Gateway>
const asClass = (object: KubeObject) => object as unknown as Partial<GatewayClass>

/** Gives a new GatewayClass its status. */
export function defaultGatewayClass(object: KubeObject, before: KubeObject | undefined): void {
  if (!before) object.status = { conditions: [pending('Accepted')] }
}

/** What is wrong with a GatewayClass: its controller is a domain with a path, and does not change. */
export function gatewayClassCauses(object: KubeObject, before: KubeObject | undefined): Cause[] {
  const field = 'spec.controllerName'
  const controller = asClass(object).spec?.controllerName ?? ''
  const isChanged = before !== undefined && asClass(before).spec?.controllerName !== controller
  return [
    ...controllerCauses(field, controller),
    ...(isChanged ? [wrong(field, controller, 'Value is immutable')] : []),
  ]
}

/** Gives the listeners of a Gateway their defaults, and a new Gateway its status. */
export function defaultGateway(object: KubeObject, before: KubeObject | undefined): void {
  for (const listener of asGateway(object).spec?.listeners ?? []) {
    listener.allowedRoutes ??= {}
    listener.allowedRoutes.namespaces ??= {}
    listener.allowedRoutes.namespaces.from ??= 'Same'
  }
  if (!before) object.status = { conditions: [pending('Accepted'), pending('Programmed')] }
}

/** What is wrong with a Gateway. */
export function gatewayCauses(object: KubeObject): Cause[] {
  const { gatewayClassName, listeners = [] } = asGateway(object).spec ?? {}
  const names = listeners.map(({ name }) => name)
  return [
    ...(gatewayClassName ? [] : [required('spec.gatewayClassName')]),
    ...(listeners.length > 0 ? [] : [required('spec.listeners')]),
    ...listeners.flatMap((listener, index) => listenerCauses(listener, `spec.listeners[${index}]`)),
    ...names.flatMap((name, index) =>
      names.indexOf(name) < index ? [duplicate(`spec.listeners[${index}]`, { name })] : [],
    ),
  ]
}

function listenerCauses({ name, port, protocol, hostname, allowedRoutes }: Partial<Listener>, at: string): Cause[] {
  const from = allowedRoutes?.namespaces?.from
  return [
    ...(name ? [] : [required(`${at}.name`)]),
    ...(port === undefined ? [required(`${at}.port`)] : portRange(`${at}.port`, port)),
    ...(protocol ? [] : [required(`${at}.protocol`)]),
    ...(hostname === undefined ? [] : hostName(`${at}.hostname`, hostname)),
    ...oneOf(`${at}.allowedRoutes.namespaces.from`, from, ['All', 'None', 'Same', 'Selector']),
  ]
}
