import type { Argument, Command, Option } from 'commander'
import { readRecords } from '../../cluster/sources/state.ts'

/** What the shell adds to the words: file names, names of folders, or nothing. The numbers are those of cobra, which kubectl reads. */
export const FILES = { any: 0, none: 4, folders: 16 } as const

/** The words that may come next, each with what it means, and which files may. */
export interface Completion {
  words: [word: string, means: string][]
  files: (typeof FILES)[keyof typeof FILES]
}

const NOTHING: Completion = { words: [], files: FILES.none }

/** The words for the value of a flag or for an argument, by its name. Others take free text, or files if their placeholder says so. */
const VALUES: Readonly<Record<string, () => Promise<[string, string][]>>> = {
  '--fault': faults,
  '--scenario': scenarios,
  id: scenarios,
  feature: scenarios,
  name: async () => readRecords().map(({ name, source }) => [name, source]),
}

async function scenarios(): Promise<[string, string][]> {
  const { readSpecification } = await import('../../suite/features.ts')
  return [...new Map(readSpecification().rows.map(({ id, title }) => [id, title]))]
}

async function faults(): Promise<[string, string][]> {
  const { FAULTS } = await import('../../faults/index.ts')
  return FAULTS.map(({ id, says }) => [id, says])
}

/** The files that a placeholder takes. */
const filesOf = (placeholder: string): Completion['files'] =>
  /^(file|feature)$/.test(placeholder) ? FILES.any : /^(dir|run)$/.test(placeholder) ? FILES.folders : FILES.none

/**
 * Completes a command line: the words after the name of the program, the last of which may be unfinished or empty. bash splits
 * `--flag=value` into three words.
 */
export async function complete(program: Command, line: readonly string[]): Promise<Completion> {
  const words = line.filter((word, i) => !(word === '=' && line[i - 1]?.startsWith('--') && i < line.length - 1))
  const last = words.at(-1) === '=' ? '' : (words.at(-1) ?? '')
  const { command, option, given } = walk(program, words.slice(0, -1))
  if (option) return starting(last, await valuesOf(option))
  const [, long = '', begun = ''] = /^(--[\w-]+)=(.*)$/.exec(last) ?? []
  if (long !== '') {
    const flag = takingValue(command, long)
    return flag ? prefixed(`${long}=`, starting(begun, await valuesOf(flag))) : NOTHING
  }
  if (last.startsWith('-')) return starting(last, { words: flagsOf(command), files: FILES.none })
  const commands = command.commands
    .filter((each) => !('_hidden' in each && each._hidden))
    .map((each): [string, string] => [each.name(), each.description()])
  if (commands.length > 0) return starting(last, { words: commands, files: FILES.none })
  const { registeredArguments: all } = command
  const argument = all[given] ?? (all.at(-1)?.variadic ? all.at(-1) : undefined)
  return argument ? starting(last, await wordsOf(argument)) : NOTHING
}

/** The command that the words name, the flag that still waits for its value, and the number of arguments that were given. */
function walk(program: Command, words: readonly string[]) {
  let command = program
  let option: Option | undefined
  let given = 0
  for (const word of words) {
    if (option) option = undefined
    else if (word.startsWith('-')) option = word.includes('=') ? undefined : takingValue(command, word)
    else {
      const next = command.commands.find((each) => each.name() === word)
      if (next) command = next
      else given += 1
    }
  }
  return { command, option, given }
}

const takingValue = (command: Command, word: string): Option | undefined =>
  command.options.find(({ long, short, required }) => required && (long === word || short === word))

const flagsOf = (command: Command): [string, string][] => [
  ...command.options.flatMap(({ long, hidden, description }): [string, string][] =>
    long && !hidden ? [[long, description]] : [],
  ),
  ['--help', 'the help of this command'],
]

async function valuesOf({ argChoices, long = '', flags }: Option): Promise<Completion> {
  if (argChoices) return { words: argChoices.map((each) => [each, '']), files: FILES.none }
  const placeholder = /<(.+)>/.exec(flags)?.[1] ?? ''
  return { words: (await VALUES[long ?? '']?.()) ?? [], files: filesOf(placeholder) }
}

async function wordsOf(argument: Argument): Promise<Completion> {
  const name = argument.name()
  if (argument.argChoices) return { words: argument.argChoices.map((each) => [each, '']), files: FILES.none }
  return { words: (await VALUES[name]?.()) ?? [], files: filesOf(name) }
}

const starting = (begun: string, { words, files }: Completion): Completion => ({
  words: words.filter(([word]) => word.toLowerCase().startsWith(begun.toLowerCase())),
  files,
})

const prefixed = (prefix: string, { words, files }: Completion): Completion => ({
  words: words.map(([word, means]) => [prefix + word, means]),
  files,
})

/** A completion as shells and kubectl read it: a word a line with a tab and its meaning, at last a colon and the number for files. */
export const completionText = ({ words, files }: Completion): string =>
  [...words.map(([word, means]) => (means ? `${word}\t${means}` : word)), `:${files}`, ''].join('\n')
