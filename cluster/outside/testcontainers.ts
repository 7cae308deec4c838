import { sentence, Trouble } from '../../contract/errors.ts'
import { MANAGED_BY, RUN } from '../../contract/labels.ts'
import type { Settings } from '../../contract/settings.ts'
import { ownIdentity } from '../site/owner.ts'

/** The label with the identity of the process that a container or a network belongs to. */
export const OWNER = 'flatnet/owner'

/** The labels of the containers and networks of a run. `flatnet clean` reads them. */
export const dockerLabels = (run: string): Record<string, string> => ({
  [MANAGED_BY]: 'flatnet',
  [RUN]: run,
  [OWNER]: ownIdentity(),
})

/** Loads testcontainers, an optional package. @throws Trouble if it is not installed. */
async function testcontainers() {
  try {
    return await import('testcontainers')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new Trouble('the npm package testcontainers is not installed')
  }
}

/**
 * Checks before anything is created whether a host outside the cluster can be started.
 * @throws Trouble if `--outside docker` asks for one and testcontainers is not installed.
 */
export async function checkOutside(outside: Settings['outside']): Promise<void> {
  if (outside !== 'docker') return
  await testcontainers().catch((error: unknown) => {
    throw new Trouble(
      `--outside docker is not possible: ${sentence(error)}; install it with npm install testcontainers.`,
    )
  })
}

/** The tools for containers on this machine. */
export type Containers = Awaited<ReturnType<typeof containers>>

/**
 * Loads testcontainers without its reaper. Labels name the run of a container, and `flatnet clean` reads them.
 * @throws Trouble if the package is not installed or Docker does not answer.
 */
export async function containers() {
  process.env.TESTCONTAINERS_RYUK_DISABLED = 'true'
  const { GenericContainer, Wait, getContainerRuntimeClient } = await testcontainers()
  const client = await getContainerRuntimeClient().catch(() => {
    throw new Trouble('Docker does not answer on this machine')
  })
  return { GenericContainer, Wait, docker: client.container.dockerode }
}
