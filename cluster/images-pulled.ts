import { mirrored } from '../contract/image.ts'
import type { Settings } from '../contract/settings.ts'
import { TRAEFIK } from './ingress/traefik.ts'

/** An image that a run may pull, and what needs it. */
export interface PulledImage {
  image: string
  for: string
}

/** Every image that a run with these settings may pull on the cluster. kind's own nodes are not among them. */
export const imagesPulled = ({ probeImage, imageRegistry }: Settings): PulledImage[] => [
  { image: probeImage, for: 'the probes, on every node that takes part, and hosts outside in Docker' },
  { image: mirrored(TRAEFIK, imageRegistry), for: 'Ingress rules (X12-X19), on kind clusters that flatnet created' },
]
