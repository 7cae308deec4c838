import { type Command, Option } from 'commander'
import { z } from 'zod'
import { UsageError } from '../contract/errors.ts'
import { Settings } from '../contract/settings.ts'

type Name = keyof Settings

/** What the schema of the settings says of one of them. */
interface Property {
  type?: string
  enum?: string[]
  default?: unknown
  description?: string
  takes?: string
  short?: string
}

const PROPERTIES = z.toJSONSchema(Settings, { io: 'input' }).properties as Record<Name, Property>

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/** What is no number stays as it is: the settings refuse it in their own words. */
const number = (word: string) => (/^\d+$/.test(word) ? Number(word) : word)

/** The text of help: the description with the choices or the default. */
function helpOf({ enum: choices, default: preset, description }: Property): string {
  const words = choices?.map((choice) => (choice === preset ? `${choice} (default)` : choice))
  if (words) return `${description}: ${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
  return preset === undefined || preset === false ? `${description}` : `${description} (default: ${preset})`
}

/** A setting as a flag; `instead` is help where a command means something else by it. */
function flagOf(name: Name, instead?: string): Option {
  const { type, takes, short } = PROPERTIES[name]
  const flag = `${short ? `-${short}, ` : ''}--${kebab(name)}${takes ? ` <${takes}>` : ''}`
  const option = new Option(flag, instead ?? helpOf(PROPERTIES[name]))
  return type === 'integer' ? option.argParser(number) : option
}

function addSettings(command: Command, names: readonly Name[], instead: Partial<Record<Name, string>> = {}): Command {
  for (const name of names) command.addOption(flagOf(name, instead[name]))
  return command
}

const CONFIG = ['--config <file>', 'settings (default: flatnet.yaml, where there is one)'] as const
const IMAGES: readonly Name[] = ['kindConfig', 'nodeImage', 'probeImage']

/** A command that reads a cluster: how it is found. */
export const clusterFlags = (command: Command): Command => addSettings(command, ['kubeconfig', 'context', 'namespace'])

/** Flags of `flatnet cluster up`. */
export const upFlags = (command: Command): Command =>
  addSettings(command.option('--name <name>', 'its name (default: flatnet)'), ['cluster', ...IMAGES], {
    cluster: 'kind (default) or reference',
    probeImage: 'image to put into its nodes',
  })

/** Flags of `flatnet run`: every setting that has a description. */
export const runFlags = (command: Command): Command =>
  addSettings(
    command.argument('[feature...]', 'feature files or folders, or ids such as P04 (default: all)'),
    (Object.keys(PROPERTIES) as Name[]).filter((name) => PROPERTIES[name].description !== undefined),
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

/** Flags of `flatnet prove`, as they arrive. */
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
  /** Settings; their values are not looked at yet. */
  [setting: string]: unknown
}

/** Flags of `flatnet prove`: its own, and the settings of the cluster that is broken. */
export const proveFlags = (command: Command): Command =>
  addSettings(
    command
      .addOption(new Option('--fault <id>', 'only this fault (again for more)').argParser(collect))
      .option('--scenario <id>', 'only faults that this scenario must notice')
      .option('--list', 'the faults: what each breaks, in whose words')
      .option('--every-node', 'put each fault on every node in turn, not on one drawn by the seed')
      .option('--full', 'run every scenario under every fault')
      .option('--hold', 'keep the fault in until Ctrl-C, and say how to look around')
      .addOption(new Option('--seed <n>', 'draws the nodes; the same again for the same').argParser(whole('--seed', 0)))
      .addOption(
        new Option('--worlds <n>', 'reference clusters at the same time (default: by cores)').argParser(
          whole('--worlds', 1),
        ),
      )
      .option('--i-own-this-cluster <context>', 'break a cluster that flatnet did not create'),
    ['cluster', 'kubeconfig', 'context', ...IMAGES, 'egress', 'outside', 'output', 'json', 'debug'],
    {
      cluster: 'reference (default), kind, or current',
      kubeconfig: 'a cluster that flatnet cluster up created',
      output: 'where proof.json goes (default: flatnet-report)',
      json: 'print the proof as JSON instead of text',
    },
  ).option(...CONFIG)
