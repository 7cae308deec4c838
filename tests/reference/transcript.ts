import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { execa } from 'execa'

/** What kubectl was told, and how it answered: what differs between any two clusters is replaced by a word for it. */
export interface Entry {
  readonly command: string
  readonly exitCode: number | null
  readonly output: readonly string[]
}

const container = (name: string, script: string) => ({
  ...{ name, image: 'node:24-slim', command: ['sh', '-c', script] },
  ...{ env: [{ name: 'GREETING', value: 'hello' }], resources: { requests: { cpu: '5m', memory: '16Mi' } } },
})
const pod = (name: string, script: string, spec: object = {}) => ({
  ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name, labels: { app: name } } },
  spec: {
    ...{ automountServiceAccountToken: false, terminationGracePeriodSeconds: 1, enableServiceLinks: false },
    ...{ containers: [container('main', script)], ...spec },
  },
})
const configMap = (value: string) => ({
  ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { key: value } },
})
const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'token' }, stringData: { key: 'value' } }
const service = {
  ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' } },
  spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
}
const web = pod('web', 'echo ready; trap exit TERM; sleep 1000 & wait', {
  volumes: [{ name: 'settings', configMap: { name: 'settings' } }],
  containers: [
    {
      ...container('main', 'echo ready; trap exit TERM; sleep 1000 & wait'),
      ...{ ports: [{ containerPort: 8080 }], volumeMounts: [{ name: 'settings', mountPath: '/settings' }] },
      readinessProbe: { exec: { command: ['cat', '/settings/key'] }, periodSeconds: 1, timeoutSeconds: 5 },
    },
  ],
})
const counter = pod('counter', 'for n in 1 2 3; do echo $n; sleep 0.5; done; echo bad >&2; exit 3', {
  restartPolicy: 'Never',
})
const rule = (host: string, path: object) => ({ host, http: { paths: [path] } })
const backend = { service: { name: 'nowhere', port: { number: 80 } } }
const ingress = (name: string, ...rules: object[]) => ({
  ...{ apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name } },
  spec: { ingressClassName: 'of-nobody', tls: [{ hosts: ['a.example'], secretName: 'token' }], rules },
})
const shop = ingress('shop', rule('a.example', { path: '/', pathType: 'Prefix', backend }))
const wrongIngress = ingress(
  'wrong',
  rule('*.*.example', { path: 'x', pathType: 'Prefix', backend: {} }),
  rule('1.2.3.4', { path: '/a/..', pathType: 'Glob', backend }),
)
const wrongSecret = {
  ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'wrong' }, type: 'kubernetes.io/tls' },
  stringData: { 'tls.crt': '' },
}
const list = (...items: object[]) => JSON.stringify({ apiVersion: 'v1', kind: 'List', items })
const wrong = { ...pod('Wrong_Name', 'true'), spec: { containers: [{ name: 'main' }] } }

/** Drives kubectl through a pod's life in a namespace of its own; gives all that it printed. */
export async function transcript(kubeconfig: string, namespace: string): Promise<Entry[]> {
  const entries: Entry[] = []
  const env = { KUBECONFIG: kubeconfig, KUBECTL_APPLYSET: '' }
  const run = async (command: string, input = '') => {
    const words = command.split(' ').map((word) => word.replaceAll('_', ' '))
    const result = await execa('kubectl', ['-n', namespace, ...words], { env, input, reject: false, all: true })
    entries.push({ command, exitCode: result.exitCode ?? null, output: normal(result.all, namespace) })
  }
  const both = list(configMap('1'), secret, service, web)
  try {
    await execa('kubectl', ['create', 'namespace', namespace], { env })
    await run('apply -f -', both)
    await run('apply -f -', both)
    await run('apply -f -', list(configMap('2')))
    await run('apply -f -', JSON.stringify(wrong))
    await run('wait --for=condition=Ready pod/web --timeout=90s')
    await run('get pods')
    await run('get pod web -o wide')
    await run('get pod,service,configmap,secret --field-selector=metadata.name!=kube-root-ca.crt')
    await run('get configmap settings -o jsonpath={.data}')
    await run('get pod -l app=web -o name')
    await run('get pod nobody')
    await run('describe pod web')
    await run('describe service web')
    await run('describe configmap settings')
    await run('exec web -- printenv GREETING')
    await run('exec -i web -- sh -c cat;_sleep_0.3;_echo_no_>&2;_exit_7', 'what comes in\n')
    await run('exec web -c other -- true')
    await run('logs web')
    await run('label pod web colour=red')
    await run('get pod web -L colour')
    await run('apply -f -', list(wrongIngress, wrongSecret))
    await run('apply -f -', JSON.stringify(shop))
    await run('create ingress quick --class=of-nobody --rule=b.example/x*=web:http --default-backend=web:80')
    await run('get ingress')
    await run('describe ingress shop')
    await run('get ingress quick -o jsonpath={.spec}{.status}')
    await run('delete ingress shop quick')
    entries.push(await watched(namespace, env, counter))
    await run('logs counter --tail=2')
    await run('wait --for=jsonpath={.status.phase}=Failed pod/counter --timeout=30s')
    await run('delete pod counter')
    await run('apply -f -', JSON.stringify(counter))
    await run('wait --for=condition=PodReadyToStartContainers pod/counter --timeout=60s')
    await run('wait --for=jsonpath={.status.containerStatuses[0].started}=true pod/counter --timeout=60s')
    await run('logs -f counter')
    await run('delete pod web --now')
    await run('delete -f - --ignore-not-found', both)
    await run('get all')
  } finally {
    await execa('kubectl', ['delete', 'namespace', namespace, '--wait=false'], { env, reject: false })
  }
  return entries
}

/** What `get -w` prints of a pod from its creation to its end, each state once. */
async function watched(namespace: string, env: NodeJS.ProcessEnv, made: object): Promise<Entry> {
  const child = spawn('kubectl', ['-n', namespace, 'get', 'pods', '-w'], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const seen: string[] = []
  const deadline = setTimeout(() => child.kill(), 60_000)
  for await (const line of createInterface({ input: child.stdout })) {
    const [shown = ''] = normal(line, namespace)
    // The pod that is there already says that from now on everything is watched.
    if (shown.startsWith('web ') && seen.length === 1)
      await execa('kubectl', ['-n', namespace, 'apply', '-f', '-'], { env, input: JSON.stringify(made) })
    if (shown !== seen.at(-1)) seen.push(shown)
    if (/Error|Completed/.test(line)) break
  }
  clearTimeout(deadline)
  child.kill()
  return { command: 'get pods -w', exitCode: null, output: seen }
}

/** The rows of `api-resources` by their kind and group. */
export async function apiResources(kubeconfig: string): Promise<Record<string, string>> {
  const { stdout } = await execa('kubectl', ['api-resources', '--no-headers', '-o', 'wide'], {
    env: { KUBECONFIG: kubeconfig },
  })
  const rows = stdout.split('\n').map((line) => line.trim().replace(/ +/g, ' '))
  return Object.fromEntries(rows.map((row) => [/\S+ (true|false) \S+/.exec(row)?.[0] ?? row, row]))
}

const replacements: [RegExp, string][] = [
  [/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, 'UID'],
  [/\b(containerd|flatnet|docker\.io[^ ]*|sha256):(\/\/)?[^ ]+/g, 'ID'],
  [/\b\d{1,3}(\.\d{1,3}){3}\b/g, 'IP'],
  [/\b(dev|kind|flatnet[-\w]*?|node)-(control-plane|worker\d*|\d+)\b/g, 'NODE'],
  [/\bNODE\/IP\b/g, 'NODE'],
  [/[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} [\d:]{8} [-+]\d{4}/g, 'TIME'],
  [/(?<= |^)(\d+[smh])+( \(x\d+ over (\d+[smh])+\))?(?= |$)/g, 'AGE'],
  [/"?\d{4}-\d{2}-\d{2}T[\d:]{8}Z"?/g, 'TIME'],
]

// A busy machine has a probe time out; and who is behind a Service nobody writes down yet on the reference cluster.
const passedOver = /^\s*(Warning\s+(Unhealthy|FailedMount)|Endpoints:)/

function normal(text: string, namespace: string): string[] {
  const lines = text
    .replaceAll(namespace, 'NAMESPACE')
    .split('\n')
    .filter((line) => !passedOver.test(line))
  return lines.map((line) => {
    const short = replacements.reduce((now, [pattern, word]) => now.replace(pattern, word), line.replace(/\s+/g, ' '))
    return short.trim()
  })
}
