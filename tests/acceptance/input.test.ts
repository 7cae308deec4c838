import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { describe, it } from 'node:test'
import { Desk, sentenceOf } from './cli.ts'

const HEAD = 'apiVersion: flatnet/v1\nkind: Configuration\n'
const KIND = 'kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n'
/** A kubeconfig that is good in form; nobody listens there. */
const KUBECONFIG = `apiVersion: v1
kind: Config
current-context: kind-dev
clusters: [{name: dev, cluster: {server: "http://127.0.0.1:1"}}]
users: [{name: dev, user: {}}]
contexts:
- {name: kind-dev, context: {cluster: dev, user: dev}}
- {name: staging, context: {cluster: dev, user: dev}}
`

interface Case {
  name: string
  args: string[]
  says: RegExp
  files?: Record<string, string>
}

const CASES: Case[] = [
  {
    name: 'an unknown flag',
    args: ['run', '--conext', 'x'],
    says: /^unknown flag --conext; did you mean --context\?$/,
  },
  { name: 'an unknown flag of another command', args: ['list', '--jsn'], says: /^unknown flag --jsn; .*--json\?$/ },
  { name: 'an unknown flag of a command’s command', args: ['cluster', 'up', '--nam', 'x'], says: /--nam; .*--name\?$/ },
  { name: 'an unknown command', args: ['explian', 'P04'], says: /^unknown command explian; did you mean explain\?$/ },
  {
    name: 'an unknown command of a command',
    args: ['cluster', 'dwn'],
    says: /^unknown command dwn; did you mean down\?$/,
  },
  {
    name: 'an unknown command that is near none',
    args: ['frobnicate'],
    says: /frobnicate; flatnet --help lists them\.$/,
  },
  { name: 'a flag without its value', args: ['run', '--kubeconfig'], says: /--kubeconfig.* argument missing\.$/ },
  { name: 'a missing argument', args: ['explain'], says: /missing required argument 'id'\.$/ },
  { name: 'an argument too many', args: ['list', 'extra'], says: /^too many arguments for 'list'.*extra\.$/ },
  { name: 'an unknown id', args: ['run', 'P99'], says: /^there is no scenario P99/ },
  { name: 'an unknown id to explain', args: ['explain', 'Q04'], says: /^there is no scenario Q04/ },
  {
    name: 'a feature that is not there',
    args: ['run', 'features/none.feature'],
    says: /features\/none\.feature; flatnet list/,
  },
  { name: 'an unknown tag', args: ['run', '--tags', '@coer'], says: /^there is no tag @coer; did you mean @core\?$/ },
  { name: 'a tag expression that is none', args: ['run', '--tags', '(@core'], says: /--tags.*\(@core/ },
  { name: 'tags without a tag', args: ['run', '--tags', 'core'], says: /--tags takes an expression over tags/ },
  {
    name: 'a name that matches nothing',
    args: ['run', '--name', 'zzzz'],
    says: /^no scenario is selected; flatnet list/,
  },
  { name: 'a name that is no pattern', args: ['run', '--name', '('], says: /--name.*regular expression/ },
  { name: 'tags that exclude each other', args: ['run', '--tags', '@P01 and @P02'], says: /^no scenario is selected/ },
  {
    name: 'no set of nodes',
    args: ['run', '--nodes', '0'],
    says: /^--nodes: expected all, a number from 1 up, or names of nodes/,
  },
  {
    name: 'somebody else’s folder for the reports',
    args: ['run', '--output', 'site'],
    files: { 'site/index.html': '<h1>mine</h1>' },
    says: /^--output site has index\.html, which flatnet did not write; expected a new folder/,
  },
  {
    name: 'somebody else’s folder for the proof',
    args: ['prove', '--output', 'site'],
    files: { 'site/index.html': '<h1>mine</h1>' },
    says: /^--output site has index\.html, which flatnet did not write; expected a new folder/,
  },
  { name: 'a wrong source', args: ['run', '--cluster', 'kindd'], says: /--cluster takes .*reference; not "kindd"\.$/ },
  { name: 'a wrong profile', args: ['run', '--profile', 'ful'], says: /--profile takes core, full; not "ful"\.$/ },
  { name: 'a number that is none', args: ['run', '--parallel', 'many'], says: /^--parallel: / },
  { name: 'a number out of range', args: ['run', '--parallel', '0'], says: /^--parallel: / },
  { name: 'a kubeconfig that is not there', args: ['run', '--kubeconfig', 'none'], says: /no kubeconfig none\.$/ },
  {
    name: 'a kubeconfig that is not YAML',
    args: ['run', '--kubeconfig', 'it'],
    files: { it: 'a: [' },
    says: /^it is not a kubeconfig: /,
  },
  {
    name: 'a kubeconfig that names no cluster',
    args: ['run', '--kubeconfig', 'it'],
    files: { it: 'hello\n' },
    says: /^it names no cluster; .*--context/,
  },
  { name: 'a kubeconfig that is a folder', args: ['run', '--kubeconfig', '.'], says: /^\. is not a kubeconfig: / },
  {
    name: 'an unknown context',
    args: ['run', '--kubeconfig', 'it', '--context', 'stagin'],
    files: { it: KUBECONFIG },
    says: /no context stagin in it; it has kind-dev, staging; did you mean staging\?$/,
  },
  {
    name: 'an unknown context to clean',
    args: ['clean', '--kubeconfig', 'it', '--context', 'prod'],
    files: { it: KUBECONFIG },
    says: /no context prod in it; it has kind-dev, staging\.$/,
  },
  {
    name: 'a context for a cluster that is made for the run',
    args: ['run', '--cluster', 'reference', '--context', 'prod'],
    says: /--cluster reference creates its own cluster; leave/,
  },
  {
    name: 'a kind config that is not there',
    args: ['run', '--cluster', 'kind', '--kind-config', 'none.yaml'],
    says: /cannot read the kind config none\.yaml: ENOENT\.$/,
  },
  {
    name: 'a kind config that is not YAML',
    args: ['run', '--cluster', 'kind', '--kind-config', 'it.yaml'],
    files: { 'it.yaml': `${KIND}nodes: [` },
    says: /^it\.yaml, line 3: not YAML/,
  },
  {
    name: 'a kind config of another kind',
    args: ['run', '--cluster', 'kind', '--kind-config', 'it.yaml'],
    files: { 'it.yaml': 'kind: Pod\n' },
    says: /^it\.yaml is not a kind config: .*kind must be Cluster\.$/,
  },
  {
    name: 'settings that are not there',
    args: ['run', '--config', 'none.yaml'],
    says: /cannot read none\.yaml: ENOENT/,
  },
  {
    name: 'settings that are not YAML',
    args: ['run'],
    files: { 'flatnet.yaml': `${HEAD}pods: {` },
    says: /^flatnet\.yaml, line 3: not YAML/,
  },
  {
    name: 'an unknown key',
    args: ['run'],
    files: { 'flatnet.yaml': `${HEAD}profile: core\nparalel: 2\n` },
    says: /^flatnet\.yaml, line 4: unknown key "?paralel"?; did you mean "?parallel"?\?$/,
  },
  {
    name: 'an unknown key inside another',
    args: ['run'],
    files: { 'flatnet.yaml': `${HEAD}limits:\n  dial: 2000\n  propagat: 3\n` },
    says: /^flatnet\.yaml, line 5: unknown key "?propagat"?; did you mean "?propagate"?\?$/,
  },
  {
    name: 'a wrong word in the settings',
    args: ['run'],
    files: { 'flatnet.yaml': `${HEAD}egress: nat\n` },
    says: /^flatnet\.yaml, line 3: egress: .*native/,
  },
  {
    name: 'a time limit below zero',
    args: ['run'],
    files: { 'flatnet.yaml': `${HEAD}limits: { dial: -1 }\n` },
    says: /^flatnet\.yaml, line 3: limits\.dial: /,
  },
  { name: 'settings that are empty', args: ['run'], files: { 'flatnet.yaml': '' }, says: /^flatnet\.yaml, line 1: / },
  {
    name: 'settings of another version',
    args: ['run'],
    files: { 'flatnet.yaml': 'apiVersion: flatnet/v9\nkind: Configuration\n' },
    says: /^flatnet\.yaml, line 1: .*flatnet\/v1/,
  },
  {
    name: 'an unknown fault',
    args: ['prove', '--fault', 'source-nta'],
    says: /^there is no fault source-nta; did you mean source-nat\?$/,
  },
  { name: 'an unknown scenario to prove', args: ['prove', '--scenario', 'P99'], says: /^there is no scenario P99/ },
  {
    name: 'a fault and a scenario',
    args: ['prove', '--fault', 'source-nat', '--scenario', 'P04'],
    says: /one of them/,
  },
  {
    name: 'nothing to hold',
    args: ['prove', '--hold'],
    says: /^--hold keeps one fault in place: name it with --fault\.$/,
  },
  {
    name: 'nothing to hold on the current cluster',
    args: ['prove', '--cluster', 'current', '--hold'],
    says: /^--hold keeps one fault in place/,
  },
  { name: 'no worlds', args: ['prove', '--worlds', '0'], says: /^--worlds takes a whole number from 1 up; not "0"\.$/ },
  { name: 'a seed that is no number', args: ['prove', '--seed', 'x'], says: /^--seed takes a whole number.*"x"\.$/ },
  {
    name: 'several worlds on one cluster',
    args: ['prove', '--worlds', '2', '--kubeconfig', 'it'],
    files: { it: KUBECONFIG },
    says: /^--worlds is for clusters that the proof creates/,
  },
  {
    name: 'a kubeconfig for a proof in a cluster of its own',
    args: ['prove', '--cluster', 'reference', '--kubeconfig', 'it'],
    files: { it: KUBECONFIG },
    says: /--cluster reference creates its own cluster; leave/,
  },
  {
    name: 'another context that may be broken than the one that is meant',
    args: ['prove', '--kubeconfig', 'it', '--i-own-this-cluster', 'staging'],
    files: { it: KUBECONFIG },
    says: /^--i-own-this-cluster names staging, but the context is kind-dev; no fault was injected\.$/,
  },
  {
    name: 'a cluster to delete that flatnet did not make',
    args: ['cluster', 'down', 'x'],
    says: /created no cluster x/,
  },
  {
    name: 'a folder without a run',
    args: ['report', '.'],
    says: /^\. has no messages\.ndjson; expected the --output folder of a flatnet run\.$/,
  },
  { name: 'a run to compare that is not there', args: ['report', 'x', 'y'], says: /^there is no folder x\.$/ },
  {
    name: 'three runs to compare',
    args: ['report', 'a', 'b', 'c'],
    says: /^report takes one run, or two to compare; not 3\.$/,
  },
  {
    name: 'messages that end too early',
    files: { 'run/messages.ndjson': '{"attachment":{' },
    args: ['report', 'run'],
    says: /^run\/messages\.ndjson ends too early, at line 1; the run was killed, or the file was not copied whole\.$/,
  },
  { name: 'a run to render that is not there', args: ['report', '--allure', 'x'], says: /^there is no folder x\.$/ },
  {
    name: 'a run to render without Allure’s results',
    args: ['report', '--allure', '.'],
    says: /^there are no Allure results in \.; /,
  },
  { name: 'a book without a folder', args: ['docs'], says: /missing required argument 'dir'\.$/ },
  {
    name: 'somebody else’s folder for the book',
    args: ['docs', 'site'],
    files: { 'site/index.html': '<h1>mine</h1>' },
    says: /^site has index\.html, which flatnet did not write; expected a new folder, .* or one of an earlier book\.$/,
  },
  {
    name: 'a file for the book',
    args: ['docs', 'it'],
    files: { it: 'x' },
    says: /^it is a file; expected a folder\.$/,
  },
  {
    name: 'a run for the book that is not there',
    args: ['docs', 'book', '--run', 'x'],
    says: /^there is no folder x\.$/,
  },
  {
    name: 'a run for the book without messages',
    args: ['docs', 'book', '--run', '.'],
    says: /^\. has no messages\.ndjson; expected the --output folder of a flatnet run\.$/,
  },
  {
    name: 'a run for the book with something else as its messages',
    args: ['docs', 'book', '--run', 'run'],
    files: { 'run/messages.ndjson': 'hello\n' },
    says: /^run\/messages\.ndjson ends too early/,
  },
  { name: 'two runs for one page', args: ['report', '--allure', 'a', 'b'], says: /^--allure renders one run/ },
]

describe('what makes no sense is answered with one sentence and 64:', { concurrency: 2 }, () => {
  for (const { name, args, files = {}, says } of CASES) {
    it(name, async () => {
      using desk = new Desk()
      for (const [file, text] of Object.entries(files)) desk.file(file, text)
      const outcome = await desk.run(args)
      assert.match(sentenceOf(outcome), says)
      assert.equal(outcome.code, 64)
      assert.equal(outcome.stdout, '')
      assert.equal(outcome.stderr.trimEnd().split('\n').length, 1, `nothing but the sentence:\n${outcome.stderr}`)
      assert.deepEqual(
        readdirSync(desk.folder).sort(),
        [...new Set(Object.keys(files).map((name) => name.split('/')[0]))].sort(),
        'nothing is created',
      )
    })
  }
})
