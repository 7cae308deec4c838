import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import path from 'node:path'
import { suite, test } from 'node:test'
import { packages, type Tool } from '../../reference/network/tools.ts'
import { type Machine, preflight } from '../../reference/preflight.ts'

interface Faked {
  missing?: Tool[]
  files?: Record<string, string>
  isRoot?: boolean
  failure?: string
}

/** A machine on which all is well, but for what is told. */
function machine({ missing = [], files = {}, isRoot = false, failure }: Faked): Machine {
  const all: Record<string, string> = { '/proc/sys/net/ipv6/conf/all/forwarding': '0', ...files }
  return {
    has: (program) => !missing.includes(program),
    read: (file) => all[file],
    isRoot,
    attempt: async () => {
      if (failure !== undefined) throw new Error(failure)
    },
  }
}

const says = async (faked: Faked, sentence: RegExp) => {
  const said = (await preflight('ipv4', machine(faked))) ?? ''
  assert.match(said, sentence)
  assert.match(said, /^[^\n]+\.$/, 'it is one sentence')
}

const denied = 'unshare: write failed /proc/self/uid_map: Operation not permitted'
const sysctl = (name: string, value: string) => ({ [`/proc/sys/${name.replaceAll('.', '/')}`]: value })

suite('the preflight', () => {
  test('has nothing to say where nothing is wrong', async () => {
    assert.equal(await preflight('dual', machine({})), undefined)
    // A setting that would forbid it is no obstacle where it works all the same.
    const files = sysctl('kernel.apparmor_restrict_unprivileged_userns', '1')
    assert.equal(await preflight('ipv4', machine({ files })), undefined)
  })

  for (const [program, name] of Object.entries(packages))
    test(`names the package of ${program}`, () =>
      says(
        { missing: [program as Tool] },
        new RegExp(`^${program} not found: install ${name} .*apt-get install ${name}`),
      ))

  test('names each package once', () =>
    says({ missing: ['unshare', 'nsenter', 'ip'] }, /^ip, unshare, nsenter not found: install iproute2 util-linux \(/))

  test('names the setting that forbids it to everybody', () =>
    says(
      { isRoot: true, failure: denied, files: sysctl('user.max_user_namespaces', '0') },
      /sysctl -w user\.max_user_na/,
    ))

  for (const [name, value] of [
    ['kernel.unprivileged_userns_clone', '0'],
    ['kernel.apparmor_restrict_unprivileged_userns', '1'],
  ] as const)
    test(`names ${name}, which forbids it to ordinary users alone`, async () => {
      const files = sysctl(name, value)
      await says({ failure: denied, files }, new RegExp(`sysctl -w ${name}=${value === '0' ? 1 : 0}\\.$`))
      await says({ isRoot: true, failure: denied, files }, /^A user namespace could not be made \(unshare: .*\): /)
    })

  for (const file of ['/.dockerenv', '/run/.containerenv'])
    test(`says what a container needs, known by ${file}`, () =>
      says({ isRoot: true, failure: denied, files: { [file]: '' } }, /in this container: .*seccomp=unconfined/))

  test('tells a kernel without nftables from one without namespaces', () =>
    says({ failure: 'nft: netlink: cache initialization failed: Protocol not supported' }, /modprobe nf_tables/))

  test('says that IPv6 is switched off, to whoever wants it', async () => {
    const without = { ...machine({}), read: () => undefined }
    assert.match((await preflight('dual', without)) ?? '', /^IPv6 is switched off .*ipv6\.disable=1\.$/)
    assert.equal(await preflight('ipv4', without), undefined)
  })

  const script = `const { preflight } = await import(${JSON.stringify(path.resolve('reference/preflight.ts'))}); console.log(await preflight())`
  const asNobody = ['--reuid=65534', '--regid=65534', '--clear-groups', process.execPath, '-e', script]
  const env = { PATH: process.env.PATH ?? '' }
  const cannot =
    process.getuid?.() !== 0 || spawnSync('setpriv', [...asNobody.slice(0, 4), '-v'], { env, cwd: '/' }).status !== 0

  test('finds what this very machine allows to an ordinary user', { skip: cannot && 'nobody cannot run this' }, () => {
    const said = execFileSync('setpriv', asNobody, { env, cwd: '/', encoding: 'utf8' }).trim()
    assert.match(said, /^undefined$|sysctl -w|in this container/)
  })

  /** What it says in namespaces of its own, after a change that only these see. */
  const after = (change: string) => {
    const words = ['--user', '--map-root-user', '--mount', '--', 'sh', '-ec', `${change}; exec "$@"`, 'sh']
    const { stdout, stderr } = spawnSync('unshare', [...words, process.execPath, '-e', script], { encoding: 'utf8' })
    return stdout || stderr
  }

  test('notices that a program is gone', async (context) => {
    if (await preflight()) return context.skip('user namespaces are not allowed here')
    const hide = 'for file in $(which -a nft); do mount --bind /dev/null "$file"; done'
    assert.match(after(`PATH=/usr/sbin:/usr/bin:/sbin:/bin; ${hide}`), /^nft not found: install nftables/)
  })

  test('notices that there are to be no user namespaces', async (context) => {
    if (await preflight()) return context.skip('user namespaces are not allowed here')
    assert.match(after('echo 0 > /proc/sys/user/max_user_namespaces'), /sysctl -w user\.max_user_namespaces=10000/)
  })
})
