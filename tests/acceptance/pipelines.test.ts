import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { parse } from 'yaml'
import { preflight } from '../../reference/index.ts'
import { Desk, ROOT } from './cli.ts'
import { pack } from './installing.ts'

const skip = (await preflight()) ?? false
const read = <T>(...names: string[]) => parse(readFileSync(join(ROOT, ...names), 'utf8')) as T

interface Step {
  name?: string
  id?: string
  if?: string
  uses?: string
  run?: string
  env?: Record<string, string>
}
interface Action {
  inputs: Record<string, { default: string }>
  runs: { steps: Step[] }
}
const action = read<Action>('action.yml')
const workflows = readdirSync(join(ROOT, '.github', 'workflows'))

describe('pipelines', { skip }, () => {
  const work = mkdtempSync(join(tmpdir(), 'flatnet-pipelines-'))
  let desk: Desk
  let tarball = ''
  before(() => {
    desk = new Desk()
    tarball = pack(work)
  })
  after(() => {
    desk[Symbol.dispose]()
    rmSync(work, { recursive: true, force: true })
  })

  /** Runs a script as a pipeline does: in bash, which ends at the first command that fails. */
  function runs(script: string, args: readonly string[], env: NodeJS.ProcessEnv) {
    const file = join(work, 'script.sh')
    writeFileSync(file, script)
    const path = [dirname(process.execPath), process.env.PATH].join(delimiter)
    const { status, stdout, stderr } = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', file, ...args], {
      cwd: desk.folder,
      encoding: 'utf8',
      env: desk.environment({ PATH: path, npm_config_prefer_offline: 'true', ...env }),
    })
    return { code: status, stdout, stderr }
  }

  /** Acts out the steps of the action that are scripts; those after a failure only if their condition says always(). */
  function act(inputs: Record<string, string>) {
    const runner = mkdtempSync(join(work, 'runner-'))
    const [output, summary] = [join(runner, 'output'), join(runner, 'summary')]
    const value = (text: string): string =>
      text.replace(/\$\{\{ (\w+)\.([\w-]+) \}\}/g, (_, from: string, name: string) => {
        if (from === 'github') return ROOT
        const input = inputs[name] ?? action.inputs[name]?.default
        assert.ok(from === 'inputs' && input !== undefined, `${from}.${name}`)
        return input
      })
    let code = 0
    let stderr = ''
    for (const step of action.runs.steps.filter(({ run }) => run !== undefined)) {
      if (step.if?.includes("inputs.compare-with != ''") && !inputs['compare-with']) continue
      if (code !== 0 && !step.if?.includes('always()')) continue
      const env = Object.fromEntries(Object.entries(step.env ?? {}).map(([name, text]) => [name, value(text)]))
      const github = { GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary, GITHUB_ACTIONS: 'true' }
      const done = runs(step.run ?? '', [], { ...env, ...github, RUNNER_TEMP: join(work, 'place') })
      code ||= done.code ?? 1
      stderr += done.stderr
    }
    const text = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : '')
    return { code, stderr, outputs: text(output), summary: text(summary) }
  }

  it('the action gives result, exit code, summary and reports of the packed package, and compares with an earlier run', () => {
    const { code, stderr, outputs, summary } = act({
      ...{ cluster: 'reference', features: 'C01', args: '--outside none --seed "7"', package: tarball, output: 'a' },
      'compare-with': 'a',
    })
    assert.equal(code, 3, stderr)
    assert.match(outputs, /^exit-code=3\nresult=partial$/m)
    assert.match(summary, /Conformant as far as tested/)
    assert.match(readFileSync(desk.path('a/report.yaml'), 'utf8'), /^ {2}seed: 7$/m)
    assert.ok(desk.has('a/junit.xml'))
  })

  it('the action annotates and fails where the cluster cannot be tested', () => {
    desk.file('gone.yaml', NO_CLUSTER)
    const { code, outputs, stderr } = act({ kubeconfig: 'gone.yaml', package: tarball, output: 'c' })
    assert.equal(code, 2, stderr)
    assert.match(outputs, /^exit-code=2\nresult=inconclusive$/m)
    assert.match(stderr, /^::warning title=The whole run.*127\.0\.0\.1/m)
  })

  it('the job of GitLab runs the package and names the reports', () => {
    const job = read<Record<string, { script: string[]; variables: Record<string, string> }>>(
      'deploy',
      'pipelines',
      'gitlab.yml',
    )['.flatnet']
    assert.ok(job)
    const { code, stderr } = runs(job.script.join('\n'), [], {
      ...{ ...job.variables, FLATNET_PACKAGE: tarball },
      FLATNET_ARGS: 'C01 --cluster reference --outside none',
    })
    assert.equal(code, 3, stderr)
    assert.ok(desk.has('flatnet-report/junit.xml'))
  })

  it('the task of Tekton runs the package and gives its result', () => {
    const { spec } = read<{ spec: { steps: { script: string }[] } }>('deploy', 'pipelines', 'tekton.yaml')
    const result = join(work, 'result')
    const output = join(work, 'tekton')
    mkdirSync(output)
    const env = { PACKAGE: tarball, KUBECONFIG_FOLDER: '', OUTPUT_FOLDER: output, RESULT: result }
    const args = ['C01', '--cluster', 'reference', '--outside', 'none']
    const { code, stderr } = runs(spec.steps[0]?.script ?? '', args, env)
    assert.equal(code, 3, stderr)
    assert.equal(readFileSync(result, 'utf8'), 'partial')
    assert.ok(existsSync(join(output, 'flatnet-report', 'report.yaml')))
  })

  it('the archive for Krew holds a command that works, and its manifest has the archive’s digest', () => {
    const script = join(ROOT, 'scripts', 'release.mjs')
    const archive = join(work, 'krew.tar.gz')
    execFileSync(process.execPath, [script, 'archive', tarball, archive], { stdio: 'pipe' })
    const uri = 'https://example.com/flatnet/releases/download/v1/flatnet-krew.tar.gz'
    const manifest = parse(execFileSync(process.execPath, [script, 'krew', archive, uri], { encoding: 'utf8' }))
    const [platform] = manifest.spec.platforms
    assert.match(execFileSync('sha256sum', [archive], { encoding: 'utf8' }), new RegExp(`^${platform.sha256} `))
    assert.deepEqual([platform.uri, manifest.spec.homepage], [uri, 'https://example.com/flatnet'])
    const place = join(work, 'krew')
    mkdirSync(place)
    execFileSync('tar', ['-xzf', archive, '-C', place])
    symlinkSync(join(place, platform.files[0].from, platform.bin), join(place, 'kubectl-flatnet'))
    const { code, stdout } = runs(`"${join(place, 'kubectl-flatnet')}" --help`, [], {})
    assert.equal(code, 0)
    assert.match(stdout, /^Usage: kubectl flatnet /)
  })
})

/** A kubeconfig of a cluster that is not there. */
const NO_CLUSTER = `apiVersion: v1
kind: Config
current-context: gone
contexts: [{ name: gone, context: { cluster: gone, user: gone } }]
clusters: [{ name: gone, cluster: { server: "https://127.0.0.1:65534" } }]
users: [{ name: gone, user: { token: none } }]
`

describe('workflows', () => {
  const files = ['action.yml', ...workflows.map((name) => join('.github', 'workflows', name))]
  const texts = files.map((file) => [file, readFileSync(join(ROOT, file), 'utf8')] as const)

  it('use other people’s actions by their digest, with the version beside it', () => {
    for (const [file, text] of texts)
      for (const [line, used = ''] of text.matchAll(/^\s*(?:- )?uses: (.+)$/gm))
        assert.match(used, /^\.\/$|^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/, `${file}: ${line}`)
  })

  it('begin with the right to read alone, and put no input into a script', () => {
    for (const [file, text] of texts.slice(1)) {
      const { permissions, jobs } = parse(text) as { permissions: unknown; jobs: Record<string, { steps: Step[] }> }
      assert.deepEqual(permissions, { contents: 'read' }, file)
      for (const { run = '' } of Object.values(jobs).flatMap(({ steps }) => steps))
        assert.doesNotMatch(run, /\$\{\{ *(?:github\.event|github\.head_ref|inputs\.)/, file)
    }
    for (const { run = '' } of action.runs.steps) assert.doesNotMatch(run, /\$\{\{/)
  })

  it('name one version of the package, that of this checkout', () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }
    for (const file of ['action.yml', 'deploy/pipelines/gitlab.yml', 'deploy/pipelines/tekton.yaml'])
      assert.equal(/flatnet@(\d[\w.-]*)/.exec(readFileSync(join(ROOT, file), 'utf8'))?.[1], version, file)
  })

  it('have a cell of kind’s configuration for each network, proxy and family, and none that cannot be', () => {
    const cell = join(ROOT, 'deploy', 'matrix', 'cell.sh')
    const config = (...words: string[]) => spawnSync(cell, ['config', ...words], { encoding: 'utf8' })
    for (const network of ['kindnet', 'flannel', 'calico', 'cilium'])
      for (const proxy of ['iptables', 'nftables', 'none'])
        for (const family of ['ipv4', 'ipv6', 'dual']) {
          const { status, stdout } = config(network, proxy, family)
          const isThere = proxy !== 'none' || network === 'cilium'
          assert.equal(status, isThere ? 0 : 64)
          const kind = parse(stdout)?.networking
          if (isThere)
            assert.deepEqual(
              [kind.ipFamily, kind.kubeProxyMode, kind.disableDefaultCNI],
              [family, proxy, network !== 'kindnet'],
            )
        }
    assert.equal(config('flannel', 'iptables', 'ipv5').status, 64)
  })
})
