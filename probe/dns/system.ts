import type { LookupAddress } from 'node:dns'
import { lookup } from 'node:dns/promises'
import { waitAtMost } from '../deadline.ts'

/**
 * The addresses of a name by the system's resolver, in its order; undefined if it does not answer within `ms` milliseconds.
 * @throws the resolver's error.
 */
export async function addressesOf(name: string, ms: number): Promise<LookupAddress[] | undefined> {
  let all: LookupAddress[] | undefined
  const asked = lookup(name, { all: true }).then((answer) => {
    all = answer
  })
  await waitAtMost(asked, ms)
  return all
}
