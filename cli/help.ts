import type { Command, Help } from 'commander'
import { COLUMNS, wrap } from './terminal.ts'

/** Examples of a command, each with what it does. */
const EXAMPLES: Readonly<Record<string, readonly (readonly [line: string, does: string])[]>> = {
  flatnet: [
    ['run --cluster reference', 'a first run, without root'],
    ['doctor', 'what a run can test on your cluster'],
    ['run', 'test it; flatnet-report/ has the result'],
  ],
  run: [
    ['run --cluster kind', 'on a kind cluster that is deleted after it'],
    ['run P04 S01 --verbose', 'two promises, in full'],
    ['run --namespace team', 'with the rights in one namespace only'],
  ],
  doctor: [
    ['doctor --namespace team', 'and which rights are missing there'],
    ['doctor --cluster reference', 'whether this machine can run it'],
  ],
  images: [
    ['images | xargs -n1 docker pull', 'pull them all'],
    ['images --image-registry m.example:5000', 'their names in a mirror'],
  ],
  watch: [
    ['watch --for 2m', 'what is dark in two minutes'],
    ['watch --budget 2s -- ./upgrade.sh', '1 if a path is dark for longer'],
    ['watch --metrics :9090', 'until Ctrl-C'],
  ],
  prove: [
    ['prove --scenario P04', 'every fault under which P04 must fail'],
    ['prove --fault source-nat --hold', 'keep a fault in place, to look at it'],
  ],
  report: [['report before after', 'what changed between two runs; 1 if worse']],
  completion: [
    ['completion bash >> ~/.bashrc', ''],
    ['completion zsh > _flatnet', 'in a folder of $fpath'],
    ['completion fish > ~/.config/fish/completions/flatnet.fish', ''],
  ],
}

/** The command line of a command: `kubectl flatnet cluster up`. */
function lineOf(command: Command): string {
  const { parent } = command
  return parent ? `${lineOf(parent)} ${command.name()}` : command.name()
}

const rootOf = (command: Command): Command => (command.parent ? rootOf(command.parent) : command)

const argumentsOf = (command: Command): string =>
  command.registeredArguments
    .map((each) => {
      const name = `${each.name()}${each.variadic ? '...' : ''}`
      return each.required ? `<${name}>` : `[${name}]`
    })
    .join(' ')

/** Rows of two columns. The second one wraps. */
function table(rows: readonly (readonly [left: string, right: string])[]): string[] {
  const left = Math.max(...rows.map(([each]) => each.length)) + 4
  return rows.flatMap(([name, text]) =>
    wrap(text, COLUMNS - left).map((line, i) => `${(i === 0 ? `  ${name}` : '').padEnd(left)}${line}`.trimEnd()),
  )
}

/** The help of a command: usage, commands or flags, and examples. It fits a screen of 80 columns. */
export function formatHelp(command: Command, helper: Help): string {
  const { commands } = command
  const shown = helper.visibleCommands(command).filter((each) => each.name() !== 'help')
  const flags = command.options.filter(({ hidden, long }) => !hidden && long !== '--version')
  const words = [
    argumentsOf(command),
    commands.length > 0 && 'COMMAND',
    (flags.length > 0 || !command.parent) && '[FLAG...]',
  ]
  const usage = ['Usage:', lineOf(command), ...words.filter(Boolean)].join(' ')
  const items = [
    ...shown.map((each): [string, string] => [
      [each.name(), argumentsOf(each)].filter(Boolean).join(' '),
      each.description(),
    ]),
    ...command.registeredArguments.flatMap((each): [string, string][] =>
      each.description === '' ? [] : [[each.name(), each.description]],
    ),
    ...flags.map((each): [string, string] => [each.flags, each.description]),
  ]
  const root = rootOf(command).name()
  const examples = (EXAMPLES[command.parent ? command.name() : 'flatnet'] ?? []).map(
    ([line, does]): [string, string] => [`${root} ${line}`, does],
  )
  return [
    usage,
    ...wrap(command.description(), COLUMNS),
    ...(items.length > 0 ? ['', ...table(items)] : []),
    ...(examples.length > 0 ? ['', ...table(examples)] : []),
    ...(command.parent ? [] : ['', `${root} COMMAND --help lists its flags; --version: the version.`]),
    '',
  ].join('\n')
}
