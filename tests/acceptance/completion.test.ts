import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, symlinkSync } from 'node:fs'
import { delimiter } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { Desk, MAIN } from './cli.ts'

const SHELLS = ['bash', 'zsh', 'fish'] as const
type Shell = (typeof SHELLS)[number]

/** What a shell says of a command line that ends where the cursor is: the words that it offers. */
const ASKS: Readonly<Record<Shell, (script: string, words: readonly string[]) => string>> = {
  bash: (script, words) =>
    `source ${script}; COMP_WORDS=(${words.map(quoted).join(' ')}); COMP_CWORD=${words.length - 1}; _flatnet; printf '%s\\n' "\${COMPREPLY[@]}"`,
  // The functions of zsh's completion need a terminal, so those that show the words are replaced.
  zsh: (script, words) => `
    compdef() {}; _files() { print -l -- \${1-files}(N) *(N) }
    _describe() { local each; for each in "\${(@P)2}"; do print -r -- "\${\${each%%:*}}"; done }
    source ${script}; words=(${words.map(quoted).join(' ')}); CURRENT=${words.length}; _flatnet`,
  fish: (script, words) => `source ${script}; complete -C ${quoted(words.join(' '))}`,
}

const quoted = (word: string) => `'${word}'`
const isHere = (shell: Shell) => spawnSync(shell, ['--version']).status === 0

describe('flatnet completion', () => {
  let desk: Desk
  let env: NodeJS.ProcessEnv
  before(() => {
    desk = new Desk()
    mkdirSync(desk.path('bin'))
    for (const name of ['flatnet', 'kubectl-flatnet', 'kubectl_complete-flatnet'])
      symlinkSync(MAIN, desk.path('bin', name))
    env = desk.environment({ PATH: `${desk.path('bin')}${delimiter}${process.env.PATH}` })
    desk.file('work/flatnet.yaml', '')
    desk.file('work/folder/x', '')
  })
  after(() => desk[Symbol.dispose]())

  for (const shell of SHELLS)
    describe(shell, { skip: isHere(shell) ? false : `${shell} is not installed` }, () => {
      let script: string
      before(async () => {
        const { code, stdout } = await desk.run(['completion', shell])
        assert.equal(code, 0)
        script = desk.path(desk.file(`flatnet.${shell}`, stdout))
      })

      const offers = (...words: string[]): string[] =>
        execFileSync(shell, [...(shell === 'zsh' ? ['-f'] : []), '-c', ASKS[shell](script, ['flatnet', ...words])], {
          env,
          cwd: desk.path('work'),
          encoding: 'utf8',
        })
          .split('\n')
          .map((line) => line.split('\t')[0] ?? '')
          .filter(Boolean)

      it('offers commands, and commands of commands', () => {
        assert.deepEqual(offers('ex'), ['explain'])
        assert.deepEqual(offers('cluster', '').sort(), ['down', 'list', 'up'])
        assert.ok(offers('').includes('doctor'))
        assert.ok(!offers('').includes('on-node'), 'a hidden command stays hidden')
      })

      it('offers the flags of a command', () => {
        assert.deepEqual(offers('run', '--kubec'), ['--kubeconfig'])
        assert.deepEqual(offers('cluster', 'up', '--nam'), ['--name'])
        assert.deepEqual(offers('list', '--kube'), [])
      })

      it('offers the values of a flag', () => {
        assert.deepEqual(offers('run', '--cluster', ''), ['current', 'kind', 'reference'])
        assert.deepEqual(offers('run', '--json', '--egress', 'm'), ['masquerade'])
        const joined = shell === 'bash' ? offers('run', '--cluster', '=', 'r') : offers('run', '--cluster=r')
        assert.deepEqual(joined, [shell === 'bash' ? 'reference' : '--cluster=reference'])
      })

      it('offers ids of scenarios and faults', () => {
        assert.deepEqual(offers('explain', 'p0').slice(0, 2), ['P01', 'P02'])
        assert.deepEqual(offers('prove', '--scenario', 'S32'), ['S32'])
        assert.deepEqual(offers('prove', '--fault', 'source-nat-of'), ['source-nat-of-udp'])
        assert.ok(offers('run', 'P01', 'P0').includes('P02'), 'and more than one')
      })

      it('offers files where a flag takes one', () => {
        const files = offers('run', '--config', '')
        assert.ok(
          files.some((each) => each.startsWith('flatnet.yaml')),
          files.join(' '),
        )
        const folders = offers('docs', 'fo')
        assert.ok(
          folders.some((each) => each.startsWith('folder')),
          folders.join(' '),
        )
      })
    })

  it('answers kubectl: words, and a number that says whether files follow', () => {
    const ask = (...words: string[]) => execFileSync('kubectl_complete-flatnet', words, { env, encoding: 'utf8' })
    assert.match(ask('run', '--cluster', 'ki'), /^kind\n:4\n$/)
    assert.match(ask('run', '--kubeconfig', ''), /^:0\n$/)
  })

  it('refuses another shell', async () => {
    const { code, stderr } = await desk.run(['completion', 'tcsh'])
    assert.equal(code, 64)
    assert.match(stderr, /tcsh.*bash, zsh, fish\.$/m)
  })
})
