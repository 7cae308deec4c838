import { builtProgram } from './programs.ts'
import { shape, shapeVariable } from './shape.ts'

interface Mount {
  name: string
  mountPath: string
  readOnly: true
}

/** A program of the cluster's own, in a container that watches the API. */
interface WatchingProgram {
  /** The container's name. */
  name: string
  program: 'dns' | 'ingress'
  ports: readonly { containerPort: number; protocol: string }[]
  /** The Secret with its client certificate. */
  secret: string
  /** Its arguments besides the folder of its identity, and the mounts that they name. */
  more?: { argument: string; mount: Mount }[]
}

const readyFile = '/tmp/ready'

/**
 * The container and the volumes of a program that watches the API. It gets the folder of its identity, its other
 * arguments and the path of the file that it writes when it is ready.
 */
export function watchingContainer({ name, program, ports, secret, more = [] }: WatchingProgram) {
  const file = `/flatnet/${program}.cjs`
  const own = more.map(({ argument }) => argument)
  const identity = [{ secret: { name: secret } }, { configMap: { name: 'kube-root-ca.crt' } }]
  return {
    container: {
      name,
      image: 'node:24-slim',
      command: ['node', '--max-semi-space-size=1', '--v8-pool-size=1', file, '/identity', ...own, readyFile],
      ports,
      env: [{ name: shapeVariable, value: JSON.stringify(shape) }],
      // One command that waits: repeated commands would cost more than the program itself.
      startupProbe: {
        exec: { command: ['sh', '-c', `until [ -e ${readyFile} ]; do sleep 0.02; done`] },
        timeoutSeconds: 60,
        failureThreshold: 10,
      },
      volumeMounts: [
        { name: 'identity', mountPath: '/identity', readOnly: true },
        ...more.map(({ mount }) => mount),
        { name: 'program', mountPath: file, readOnly: true },
      ],
    },
    volumes: [
      { name: 'identity', projected: { sources: identity } },
      { name: 'program', hostPath: { path: builtProgram(program) } },
    ],
  }
}
