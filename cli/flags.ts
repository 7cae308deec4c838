import { type Command, Option } from 'commander'
import { UsageError } from '../contract/errors.ts'
import type { Settings } from '../contract/settings.ts'
import { either, kebab, type Property, properties } from './init/schema.ts'

type Name = keyof Settings

const PROPERTIES = properties() as Record<Name, Property>

/** A word that is not a number stays a word: the schema of the settings refuses it with a message. */
const number = (word: string) => (/^\d+$/.test(word) ? Number(word) : word)

/** The help text of a setting: its description with the choices or the default. */
function helpOf({ enum: choices, default: preset, description }: Property): string {
  const words = choices?.map((choice) => (choice === preset ? `${choice} (default)` : choice))
  if (words) return `${description}: ${either(words)}`
  return preset === undefined || preset === false ? `${description}` : `${description} (default: ${preset})`
}

/** The flag of a setting. `instead` replaces the help text where a command uses the setting in another way. */
function flagOf(name: Name, instead?: string): Option {
  const { type, takes, short, enum: choices } = PROPERTIES[name]
  const flag = `${short ? `-${short}, ` : ''}--${kebab(name)}${takes ? ` <${takes}>` : ''}`
  const option = new Option(flag, instead ?? helpOf(PROPERTIES[name]))
  // They complete the flag. The schema of the settings checks them.
  if (choices) option.argChoices = choices
  return type === 'integer' ? option.argParser(number) : option
}

function addSettings(command: Command, names: readonly Name[], instead: Partial<Record<Name, string>> = {}): Command {
  for (const name of names) command.addOption(flagOf(name, instead[name]))
  return command
}

const CONFIG = ['--config <file>', 'settings file (default: flatnet.yaml, if it exists)'] as const
const IMAGES: readonly Name[] = ['kindConfig', 'nodeImage', 'setup', 'probeImage', 'imageRegistry']

/** The flags that say how a cluster is reached. */
export const clusterFlags = (command: Command): Command => addSettings(command, ['kubeconfig', 'context', 'namespace'])

/** The flags of `flatnet cluster up`. */
export const upFlags = (command: Command): Command =>
  addSettings(command.option('--name <name>', 'name of the cluster (default: flatnet)'), ['cluster', ...IMAGES], {
    cluster: 'kind (default) or reference',
    probeImage: 'image to load into its nodes',
  })

/** Whether a flag can set a setting: a switch, or one with a word. */
const isFlag = (name: Name): boolean => PROPERTIES[name].takes !== undefined || PROPERTIES[name].type === 'boolean'

/** The flags of `flatnet run`: every setting that a flag can set. */
export const runFlags = (command: Command): Command =>
  addSettings(
    command.argument('[feature...]', 'feature files or folders, or ids such as P04 (default: all)'),
    (Object.keys(PROPERTIES) as Name[]).filter(isFlag),
  ).option(...CONFIG)

/** The flags of `flatnet watch`: its own flags, and the settings of the cluster. */
export const watchFlags = (command: Command): Command =>
  addSettings(
    command
      .argument('[command...]', 'after --: does something to the cluster, and is watched from before it until after it')
      .option('--for <duration>', 'how long to watch, such as 30s or 2m')
      .option('--settle <duration>', 'how long to watch after the command has ended (default: 15s)', '15s')
      .option(
        '--every <duration>',
        'interval of the conversations of a path: a shorter darkness may not be seen (default: 100ms)',
        '100ms',
      )
      .option('--budget <duration>', 'exit code 1 if a path is dark for longer')
      .option('--metrics <[host]:port>', 'serve Prometheus metrics; without --for and a command, until it is stopped'),
    ['cluster', 'kubeconfig', 'context', 'namespace', ...IMAGES, 'nodes', 'output', 'json', 'debug'],
    {
      nodes: 'nodes that take part: all (default), at most so many, or those named',
      output: 'folder for watch.yaml, watch.json and index.html, the page of the watch (default: none)',
    },
  ).option(...CONFIG)

const collect = (word: string, all: string[] = []): string[] => [...all, word]
const whole =
  (flag: string, least: number) =>
  (word: string): number => {
    const value = /^\d{1,9}$/.test(word) ? Number(word) : -1
    if (value < least)
      throw new UsageError(`${flag} takes a whole number from ${least} up; not ${JSON.stringify(word)}.`)
    return value
  }

const OF_SITE: readonly Name[] = [
  'nodes',
  'egress',
  'outside',
  'observer',
  'ingressClass',
  'gatewayClass',
  'loadBalancer',
]

/** The flags of `flatnet doctor`: those that change what a run can test. */
export const doctorFlags = (command: Command): Command =>
  addSettings(
    command,
    ['cluster', 'kubeconfig', 'context', 'namespace', ...OF_SITE, 'probeImage', 'imageRegistry', 'json'],
    {
      cluster: 'current (default); kind and reference: only this machine is examined',
      json: 'print the diagnosis as JSON instead of text',
    },
  ).option(...CONFIG)

/** The flags of `flatnet images`. */
export const imagesFlags = (command: Command): Command =>
  addSettings(command, ['probeImage', 'imageRegistry', 'json'], {
    json: 'print a JSON array of images, each with what needs it',
  }).option(...CONFIG)

/** The flags of `flatnet observe`. */
export const observeFlags = (command: Command): Command =>
  command.addOption(
    new Option('--port <n>', 'port for HTTP; TCP and UDP get the next one').argParser(portPair).default(7946),
  )

function portPair(word: string): number {
  const port = /^\d{1,5}$/.test(word) ? Number(word) : 0
  if (port < 1 || port > 65_534)
    throw new UsageError(`--port takes a number from 1 to 65534; not ${JSON.stringify(word)}.`)
  return port
}

/** The flags of `flatnet prove`, as commander gives them. */
export interface ProveFlags {
  fault?: string[]
  scenario?: string
  list?: boolean
  everyNode?: boolean
  full?: boolean
  hold?: boolean
  seed?: number
  worlds?: number
  iOwnThisCluster?: string
  /** Settings, whose values are not checked yet. */
  [setting: string]: unknown
}

/** The flags of `flatnet prove`: its own flags, and the settings of the cluster. */
export const proveFlags = (command: Command): Command =>
  addSettings(
    command
      .addOption(
        new Option('--fault <id>', 'only this fault, or two at once as A+B (repeat the flag for more)').argParser(
          collect,
        ),
      )
      .option('--scenario <id>', 'only faults under which this scenario must fail')
      .option('--list', 'list the faults: what each breaks, and where')
      .option('--every-node', 'inject each fault on every node in turn, not on one chosen by the seed')
      .option('--full', 'run every scenario under every fault')
      .option('--hold', 'keep the fault in place until Ctrl-C, and say how to inspect the cluster')
      .addOption(
        new Option('--seed <n>', 'chooses the nodes; the same seed chooses the same').argParser(whole('--seed', 0)),
      )
      .addOption(
        new Option('--worlds <n>', 'reference clusters at the same time (default: by cores and memory)').argParser(
          whole('--worlds', 1),
        ),
      )
      .option('--i-own-this-cluster <context>', 'allow faults in a cluster that flatnet did not create'),
    ['cluster', 'kubeconfig', 'context', ...IMAGES, 'egress', 'outside', 'output', 'json', 'debug'],
    {
      cluster: 'reference (default), kind, or current',
      kubeconfig: 'kubeconfig of an existing cluster, such as one of flatnet cluster up',
      output: 'folder for proof.json (default: flatnet-report)',
      json: 'print the proof as JSON instead of text',
    },
  ).option(...CONFIG)
