import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { readSettings } from '../../cli/settings.ts'
import { mistakeIn, whyNot } from '../../cluster/sources/kind.ts'
import { bringsOwnCni, checkedKindConfig, kindConfig, pinnedImages } from '../../cluster/sources/kind-config.ts'

const folder = mkdtempSync(join(tmpdir(), 'flatnet-'))
after(() => rmSync(folder, { recursive: true }))

const file = (text: string): string => {
  const path = join(folder, `${crypto.randomUUID()}.yaml`)
  writeFileSync(path, text)
  return path
}
const HEAD = 'apiVersion: flatnet/v1\nkind: Configuration\n'
const refuses = (action: () => unknown, words: RegExp) => assert.throws(action, { name: 'UsageError', message: words })

describe('settings', () => {
  it('come from defaults, then the file, then flags', () => {
    const config = file(`${HEAD}parallel: 2\nprofile: core\npods:\n  labels: { team: net }\nlimits: { dial: 2000 }\n`)
    const settings = readSettings({ config, parallel: 3 }, [])
    assert.deepEqual([settings.parallel, settings.profile, settings.limits.dial], [3, 'core', 2000])
    assert.equal(settings.probeImage, 'node:24-slim')
    assert.equal(settings.limits.pod, 60_000)
    assert.deepEqual(settings.pods.labels, { team: 'net' })
  })

  it('refuse an unknown key with its line and the nearest name', () => {
    refuses(
      () => readSettings({ config: file(`${HEAD}profile: core\nparalel: 2\n`) }, []),
      /line 4: unknown key paralel; did you mean parallel\?/,
    )
    refuses(
      () => readSettings({ config: file(`${HEAD}pods:\n  lables: {}\n`) }, []),
      /line 4: unknown key lables; did you mean labels\?/,
    )
  })

  it('refuse what is no configuration', () => {
    refuses(() => readSettings({ config: join(folder, 'none.yaml') }, []), /cannot read .*ENOENT/)
    refuses(() => readSettings({ config: file('a: [') }, []), /line 1: not YAML/)
    refuses(() => readSettings({ config: file('profile: core') }, []), /expected apiVersion: flatnet\/v1/)
    refuses(() => readSettings({ config: file(`${HEAD}parallel: many\n`) }, []), /line 3: parallel/)
  })

  it('refuse wrong flags in the words of the flags', () => {
    refuses(() => readSettings({ cluster: 'kindd' }, []), /--cluster takes current, kind/)
    refuses(() => readSettings({ parallel: 'x' }, []), /--parallel/)
    refuses(() => readSettings({ parallel: 0 }, []), /--parallel/)
  })
})

describe('a kind config', () => {
  it('is handed on as it is', () => {
    const text = 'kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nnetworking:\n  ipFamily: dual\n'
    assert.equal(kindConfig(file(text)), text)
    assert.equal((JSON.parse(kindConfig(undefined)) as { nodes: unknown[] }).nodes.length, 3)
  })

  const KIND = 'kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n'

  it('without kind’s network plug-in needs a command that installs another one', () => {
    const path = file(`${KIND}networking: {disableDefaultCNI: true}\n`)
    refuses(() => checkedKindConfig({ kindConfig: path }), /disableDefaultCNI.*--setup COMMAND/)
    assert.ok(bringsOwnCni(checkedKindConfig({ kindConfig: path, setup: 'kubectl apply -f cni.yaml' })))
    assert.equal(bringsOwnCni(checkedKindConfig({ kindConfig: file(KIND) })), false)
  })

  it('may pin the image of each node', () => {
    const pinned = ['kindest/node:v1.34.0', 'kindest/node:v1.35.1@sha256:0123']
    const nodes = [pinned[0], pinned[0], pinned[1]].map((image) => `- {role: worker, image: '${image}'}\n`)
    assert.deepEqual(pinnedImages(`${KIND}nodes:\n${nodes.join('')}- role: worker\n`), pinned)
    assert.deepEqual(pinnedImages(KIND), [])
  })

  for (const [how, stderr] of [
    [
      'one Docker',
      'ERROR: x\ndocker: Error response from daemon: Bind for 0.0.0.0:8080 failed: port is already allocated.',
    ],
    ['another Docker', 'docker: failed to bind host port for 0.0.0.0:8080:172.18.0.2:80/tcp: address already in use'],
    ['a third Docker', 'docker: failed to bind host port [::]:8080/tcp: address already in use'],
    [
      'a fourth Docker',
      'docker: Error response from daemon: driver failed programming external connectivity on endpoint x: Error starting userland proxy: listen tcp4 0.0.0.0:8080: bind: address already in use.',
    ],
  ] as const)
    it(`with a host port that is taken is told of that port, as ${how} says it`, () =>
      assert.match(whyNot({ stderr }), /^host port 8080 of the kind config \(extraPortMappings\) is taken/))

  for (const [how, stderr, image] of [
    [
      'a node',
      'ERROR: failed to pull image "kindest/node:v1.34.0": command "docker pull" failed',
      'kindest/node:v1.34.0',
    ],
    ['a load balancer', "Command Output: Unable to find image 'envoy:v1' locally", 'envoy:v1'],
  ] as const)
    it(`whose image for ${how} cannot be pulled is told of that image`, () => {
      const why = whyNot({ stderr: `${stderr}\nError response from daemon: no such host` })
      assert.equal(
        why,
        `the image ${image} is not on this machine and could not be pulled: Error response from daemon: no such host`,
      )
    })

  it('with a field that kind does not know is told of that field, and no other failure is taken for that', () => {
    const unknown =
      'ERROR: unable to decode config: yaml: unmarshal errors:\n  line 5: field extraPortMapping not found'
    assert.equal(mistakeIn({ stderr: unknown }), 'line 5: field extraPortMapping not found')
    assert.equal(mistakeIn({ stderr: 'ERROR: failed to create cluster: x' }), undefined)
  })

  it('is refused when it is none', () => {
    refuses(() => kindConfig(join(folder, 'none.yaml')), /cannot read the kind config/)
    refuses(() => kindConfig(file('kind: Pod\n')), /kind must be Cluster/)
    refuses(() => kindConfig(file('{')), /not YAML/)
    refuses(
      () => kindConfig(file('kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nnetworking: {ipFamily: ipv5}\n')),
      /networking.ipFamily/,
    )
  })
})
