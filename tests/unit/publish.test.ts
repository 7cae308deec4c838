import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { ApiException } from '@kubernetes/client-node'
import { announce, contentsOf, publish, toSonobuoy } from '../../cli/run/publish.ts'
import type { KubeApi } from '../../cluster/kube/api.ts'
import { keepConfigMap } from '../../cluster/kube/keep-config-map.ts'
import { checkRights, NEEDED } from '../../cluster/site/rights.ts'
import { destinations } from '../../contract/publish.ts'

const folder = mkdtempSync(join(tmpdir(), 'flatnet-publish-'))
after(() => rmSync(folder, { recursive: true }))
const put = (name: string, text: string) => writeFileSync(join(folder, name), text)
put('summary.md', 'short')
put('report.yaml', 'r'.repeat(1_000))
put('messages.ndjson', `${'message '.repeat(10_000)}`)
put('junit.xml', '<testsuites/>')
const run = { folder, exitCode: 3, api: undefined }

describe('the result of a run is published', () => {
  it('to known places only', () => {
    assert.deepEqual(destinations('log,configmap/a.b-c,sonobuoy'), [
      { to: 'log' },
      { to: 'configmap', name: 'a.b-c' },
      { to: 'sonobuoy' },
    ])
    for (const wrong of ['', 'logs', 'configmap/', 'configmap/A', 'log,', 'secret/x'])
      assert.equal(destinations(wrong), undefined, wrong)
  })

  it('in a ConfigMap as a whole, if it fits', () => {
    const { data, binaryData = {} } = contentsOf(run, 100_000)
    assert.deepEqual([data['exit-code'], data['summary.md'], data['report.yaml']?.length], ['3', 'short', 1_000])
    const bytes = Buffer.from(binaryData['messages.ndjson.gz'] ?? '', 'base64')
    assert.match(gunzipSync(bytes).toString(), /^message message/)
    assert.equal(data['left-out'], undefined)
  })

  it('in a ConfigMap without what is too large, which it names', () => {
    const { data, binaryData } = contentsOf(run, 1_020)
    assert.deepEqual([data['report.yaml']?.length, binaryData], [1_000, {}])
    assert.equal(data['left-out'], 'messages.ndjson.gz: too large for a ConfigMap')
    assert.match(contentsOf(run, 100).data['left-out'] ?? '', /^report\.yaml, messages\.ndjson\.gz: too large/)
  })

  it('to Sonobuoy, whose file "done" names the results', () => {
    const results = join(folder, 'results')
    toSonobuoy(run, results)
    assert.equal(readFileSync(readFileSync(join(results, 'done'), 'utf8'), 'utf8'), '<testsuites/>')
  })

  it('or a sentence says why it is not', async () => {
    assert.deepEqual(await publish('configmap/x', run), [
      'could not publish the report (configmap): the cluster could not be reached',
    ])
    assert.deepEqual(await publish(undefined, run), [])
    assert.ok(!existsSync(join(folder, 'done')))
  })
})

describe('a ConfigMap that is kept', () => {
  const apiWith = (exists: boolean, data: object = { a: 'text' }) => {
    const calls: string[] = []
    const core = {
      readNamespacedConfigMap: async () => {
        if (!exists) throw new ApiException(404, 'not found', '{}', {})
        return { metadata: { name: 'x', resourceVersion: '5', labels: { own: 'yes' } }, data }
      },
      replaceNamespacedConfigMap: async ({ body }: { body: object }) => calls.push(JSON.stringify(body)),
      createNamespacedConfigMap: async ({ body }: { body: object }) => calls.push(JSON.stringify(body)),
    }
    return { api: { core } as unknown as KubeApi, calls }
  }

  it('is created, or gets new contents and keeps its labels', async () => {
    const fresh = apiWith(false)
    await keepConfigMap(fresh.api, 'n', 'x', { data: { a: 'b' } }, ['a'])
    assert.match(fresh.calls[0] ?? '', /"app.kubernetes.io\/name":"flatnet".*"data":\{"a":"b"\}/)
    const known = apiWith(true)
    await keepConfigMap(known.api, 'n', 'x', { data: { a: 'b' } }, ['a'])
    assert.match(known.calls[0] ?? '', /"resourceVersion":"5","labels":\{"own":"yes"\}\},"data":\{"a":"b"\}/)
  })

  it('is refused if it holds what flatnet has not written, and stays as it is', async () => {
    const theirs = apiWith(true, { a: 'text', 'app.conf': 'x' })
    await assert.rejects(keepConfigMap(theirs.api, 'n', 'x', { data: { a: 'b' } }, ['a']), {
      name: 'UsageError',
      message: /^--publish configmap\/x: the ConfigMap in namespace n holds app.conf, which flatnet has not written/,
    })
    assert.deepEqual(theirs.calls, [])
  })
})

describe('a ConfigMap with the result of an earlier run', () => {
  it('is emptied before the next one, or the run does not begin', async () => {
    const config = { getContextObject: () => ({ namespace: 'n' }), getCurrentContext: () => 'c' }
    const bodies: object[] = []
    const core = {
      readNamespacedConfigMap: async () => ({ metadata: { name: 'x' }, data: { 'exit-code': '0' } }),
      replaceNamespacedConfigMap: async ({ body }: { body: { data: object } }) => bodies.push(body.data),
    }
    await announce('log,configmap/x', { config, core } as unknown as KubeApi)
    assert.deepEqual(bodies, [{ state: 'running' }])
    const forbidden = { readNamespacedConfigMap: () => Promise.reject(new ApiException(403, 'no', '{}', {})) }
    await assert.rejects(announce('configmap/x', { config, core: forbidden } as unknown as KubeApi), /no/)
    await announce('log', {} as KubeApi)
  })
})

describe('rights in namespaces that exist', () => {
  /** What is asked of an API that allows everything but what `refuses` says. */
  const check = async (refuses: (asked: { resource: string; verb: string }) => boolean) => {
    const authorization = {
      createSelfSubjectAccessReview: async ({ body }: { body: { spec: { resourceAttributes: never } } }) => ({
        status: { allowed: !refuses(body.spec.resourceAttributes) },
      }),
    }
    await checkRights({ authorization } as unknown as KubeApi, ['a', 'b'])
  }

  it('are enough, or all that are missing are named at once', async () => {
    await check(() => false)
    await assert.rejects(
      check(({ resource, verb }) => resource === 'leases' || (resource === 'pods' && verb === 'watch')),
      /^Trouble: these credentials lack rights that every run needs: watch on pods in namespace a; create, update, deletecollection on leases\.coordination\.k8s\.io in namespace a; watch on pods in namespace b; .*\.$/,
    )
    assert.ok(NEEDED.some(({ resource }) => resource === 'pods/exec'))
  })

  it('are believed to be there if the server does not answer such questions', async () => {
    const refusing = { createSelfSubjectAccessReview: () => Promise.reject(new Error('no')) }
    await checkRights({ authorization: refusing } as unknown as KubeApi, ['a'])
  })
})
