import { NonConformance } from '../../contract/errors.ts'
import { type Ground, type Scene, serviceOf } from '../../fixtures/ground.ts'
import { terminate } from '../../fixtures/lifecycle.ts'
import { balancersOf, behindBalancer } from '../../fixtures/scenes/load-balancer.ts'
import type { Changed } from '../services/changes.ts'
import { expect, expectDirect, follow } from '../services/follow.ts'

/** Replaces both backends of the scene, and waits until clients of the load balancer meet the new ones alone. */
export async function replaceBalanced(ground: Ground, scene: Scene): Promise<Changed> {
  const service = serviceOf(scene)
  const before = await balancersOf(ground, service)
  await terminate(ground.own(), scene.pods)
  const plans = scene.plans.map((plan) => ({ ...plan, name: plan.name.replace('-old-', '-new-') }))
  const fresh = await ground.own().createRunning(plans)
  await ground.untilEndpoints(service.name, fresh)
  const subjects = scene.subjects.map((each) => ({ ...each, to: behindBalancer(service.name, fresh) }))
  const followed = await follow(ground, expect(ground, subjects, 'each'), expectDirect(ground, scene.pods))
  const after = await balancersOf(ground, service)
  return { meant: 'the new backends', ...followed, balancer: { before, after } }
}

/** The Service has the same addresses at its load balancer as before. */
export function claimBalancerKept(balancer: Changed['balancer']): void {
  if (!balancer || balancer.before.length === 0) throw new Error('no load balancer was seen')
  const { before, after } = balancer
  if (before.join() === after.join()) return
  throw new NonConformance({
    expected: 'the load balancer keeps its address while backends are replaced',
    actual: `it had ${before.join(' and ')}, and then ${after.join(' and ') || 'no address'}`,
  })
}
