import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { readSettings } from '../../cli/settings.ts'
import { kindConfig } from '../../cluster/sources/kind-config.ts'

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
