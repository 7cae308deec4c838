import type { Admission } from './admission/admit.ts'
import { startGarbageCollector } from './garbage-collector.ts'
import { startNamespaceController } from './namespace-controller.ts'

/** Starts the controllers that the API itself needs; gives the function that stops them. */
export function startControllers(admission: Admission): () => void {
  const stops = [startGarbageCollector(admission), startNamespaceController(admission)]
  return () => {
    for (const stop of stops) stop()
  }
}
