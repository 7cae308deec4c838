import { backOffSeconds } from './back-off.ts'
import type { ContainerReport } from './container-report.ts'
import { findImage, type Image, type Images } from './image.ts'
import { pause } from './pause.ts'
import type { Container } from './pod.ts'

/** What a pull needs. */
export interface Pull {
  readonly images: Images
  readonly container: Container
  readonly report: ContainerReport
  /** Ends the attempts. */
  readonly signal: AbortSignal
}

/**
 * Finds a container's image among those that the cluster has. Without it the container waits as it does in a real
 * cluster, with ErrImagePull and ImagePullBackOff. Gives undefined when the container is stopped before.
 */
export async function pullImage({ images, container, report, signal }: Pull): Promise<Image | undefined> {
  const { name, image: reference = '' } = container
  for (let attempt = 0; !signal.aborted; attempt++) {
    const image = findImage(images, reference)
    if (image) {
      const message = `Container image "${reference}" already present on machine and can be accessed by the pod`
      report.record('Normal', 'Pulled', message)
      Object.assign(report.status, { image: image.name, imageID: `flatnet://${image.program}` })
      return image
    }
    const why = `failed to pull and unpack image "${reference}": not found: this cluster has no program of the host for ${name}'s image`
    report.record('Normal', 'Pulling', `Pulling image "${reference}"`)
    report.record('Warning', 'Failed', `Failed to pull image "${reference}": ${why}`)
    report.record('Warning', 'Failed', 'Error: ErrImagePull')
    report.wait('ErrImagePull', why)
    await pause(1000, signal)
    report.record('Normal', 'BackOff', `Back-off pulling image "${reference}"`)
    report.record('Warning', 'Failed', 'Error: ImagePullBackOff')
    report.wait('ImagePullBackOff', `Back-off pulling image "${reference}": ErrImagePull: ${why}`)
    await pause(1000 * backOffSeconds(attempt), signal)
  }
  return undefined
}
