import { basename } from 'node:path'
import { Argument, Command, CommanderError } from 'commander'
import { sentence, Trouble, UsageError } from '../contract/errors.ts'
import { EXIT } from '../contract/exit.ts'
import { ownVersion } from '../contract/files.ts'
import { didYouMean } from '../contract/nearest.ts'
import { visible } from '../contract/visible.ts'
import { SCRIPTS } from './completion/scripts.ts'
import {
  clusterFlags,
  doctorFlags,
  imagesFlags,
  observeFlags,
  proveFlags,
  runFlags,
  upFlags,
  watchFlags,
} from './flags.ts'
import { formatHelp } from './help.ts'

/** Runs one command line. Gives the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  let code: number = EXIT.ok
  const ends = (result: number) => {
    code = result
  }
  const program = buildProgram(ends)
  if (argv[0] === '__complete') return printCompletion(program, argv.slice(1))
  if (isCalled('kubectl_complete-flatnet')) return printCompletion(program, argv)
  try {
    await program.parseAsync([...argv], { from: 'user' })
    return code
  } catch (error) {
    return complain(error, program, argv)
  }
}

const isCalled = (name: string): boolean => basename(process.argv[1] ?? '') === name

/** Prints the words that may come next on a command line, for a shell or for kubectl. */
async function printCompletion(program: Command, words: readonly string[]): Promise<number> {
  const { complete, completionText } = await import('./completion/complete.ts')
  process.stdout.write(completionText(await complete(program, words)))
  return EXIT.ok
}

/** Builds the command tree. A command's code is loaded only when it is called, so that `--help` is fast. */
export function buildProgram(ends: (code: number) => void): Command {
  const called = isCalled('kubectl-flatnet') ? 'kubectl flatnet' : 'flatnet'
  const program = new Command(called)
    .description('Tests the network of a Kubernetes cluster: does it keep the network model?')
    .version(ownVersion())
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .showHelpAfterError(false)
    .configureHelp({ formatHelp })
  const add = (name: string, description: string) => program.command(name).description(description)
  runFlags(add('run', 'test a cluster')).action(async (features: string[], flags) =>
    ends(await (await import('./commands/run.ts')).run(features, flags)),
  )
  add('list', 'list the scenarios, in reading order')
    .option('--steps', 'list the sentences of the vocabulary instead')
    .option('--json', 'as JSON')
    .action(async (flags) => ends(await (await import('./commands/list.ts')).list(flags)))
  add('explain', 'explain a promise, and what usually breaks it')
    .argument('<id>', 'such as P04')
    .action(async (id: string) => ends((await import('./commands/explain.ts')).explain(id)))
  add('docs', 'write the specification as a book for a browser')
    .argument('<dir>', 'folder for the pages')
    .option('--run <dir>', 'folder of a run, whose results and figures the book then shows')
    .option('--reports <dir>', 'folder with a report.yaml of each tested network (NAME.yaml), for a table of them')
    .action(async (folder: string, flags) => ends(await (await import('./commands/docs.ts')).docs(folder, flags)))
  watchFlags(add('watch', 'observe the network while something is done to the cluster')).action(
    async (command: string[], flags) => ends(await (await import('./commands/watch.ts')).watch(command, flags)),
  )
  proveFlags(add('prove', 'break one promise at a time: does a scenario fail?')).action(async (flags) =>
    ends(await (await import('./commands/prove.ts')).prove(flags)),
  )
  add('report', 'write the reports of a run again, or compare two runs')
    .argument('[run...]', 'folder of the run (default: flatnet-report); two folders: earlier and later run')
    .option('--allure', 'render Allure’s page instead')
    .option('--merge', 'the runs are shards (run --shard): write one report of them')
    .option('--output <dir>', 'folder of the merged report (default: flatnet-report)')
    .option('--json', 'print the report object, or the comparison, as JSON')
    .action(async (runs: string[], flags) => ends(await (await import('./commands/report.ts')).report(runs, flags)))
  observeFlags(add('observe', 'answer pods on this machine, as a host outside')).action(async (flags) =>
    ends(await (await import('./commands/observe.ts')).observe(flags)),
  )
  const cluster = add('cluster', 'create, delete and list standing clusters')
  upFlags(cluster.command('up').description('create a standing cluster, and print the path of its kubeconfig')).action(
    async (flags) => ends(await (await import('./commands/cluster.ts')).up(flags)),
  )
  cluster
    .command('down')
    .description('delete a standing cluster')
    .argument('[name]', 'name of the cluster', 'flatnet')
    .action(async (name: string) => ends(await (await import('./commands/cluster.ts')).down(name)))
  cluster
    .command('list')
    .description('list the clusters that flatnet created on this machine')
    .action(async () => ends((await import('./commands/cluster.ts')).list()))
  program
    .command('on-node', { hidden: true })
    .argument('<namespace>')
    .argument('<pod>')
    .argument('<command...>')
    .option('--kubeconfig <file>')
    .option('--context <name>')
    .action(async (namespace: string, pod: string, command: string[], flags) =>
      ends(await (await import('./commands/on-node.ts')).onNodeThroughPod(namespace, pod, command, flags)),
    )
  doctorFlags(add('doctor', 'say what a run can test here, and what is missing')).action(async (flags) =>
    ends(await (await import('./commands/doctor.ts')).doctor(flags)),
  )
  imagesFlags(add('images', 'list the images that a run may pull, one a line')).action(async (flags) =>
    ends((await import('./commands/images.ts')).images(flags)),
  )
  add('init', 'write a flatnet.yaml with every setting and its default')
    .argument('[file]', 'file to write', 'flatnet.yaml')
    .option('--force', 'replace the file if it exists')
    .option('--schema', 'print the JSON Schema of the file instead, for editors')
    .action(async (file: string, flags) => ends((await import('./commands/init.ts')).init(file, flags)))
  add('completion', 'print a script that completes commands, flags and ids')
    .addArgument(new Argument('<shell>', 'bash, zsh or fish').choices(Object.keys(SCRIPTS)))
    .action((shell: keyof typeof SCRIPTS) => {
      process.stdout.write(SCRIPTS[shell])
    })
  clusterFlags(add('clean', 'remove what dead runs left behind'))
    .option('--all', 'remove every run, also the running ones')
    .action(async (flags) => ends(await (await import('./commands/clean.ts')).clean(flags)))
  return program
}

const lower = (text: string) => text.charAt(0).toLowerCase() + text.slice(1)

/** Prints one sentence about an error to stderr. Gives the exit code of the error. */
function complain(error: unknown, program: Command, argv: readonly string[]): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0
    if (error.code === 'commander.help') {
      process.stderr.write(commandOf(program, argv).helpInformation())
      return EXIT.usage
    }
    process.stderr.write(`flatnet: ${usage(error, program, argv)}\n`)
    return EXIT.usage
  }
  const text = sentence(error)
  process.stderr.write(`flatnet: ${visible(/[.!?)]$/.test(text) ? text : `${text}.`)}\n`)
  const expected = error instanceof UsageError || error instanceof Trouble
  if (error instanceof Error && (argv.includes('--debug') || !expected)) process.stderr.write(`${error.stack}\n`)
  return error instanceof UsageError ? EXIT.usage : EXIT.inconclusive
}

/** The command that a command line is about. */
function commandOf(program: Command, argv: readonly string[]): Command {
  const above = program.commands.find((each) => argv.includes(each.name())) ?? program
  return above.commands.find((each) => argv.includes(each.name())) ?? above
}

/** The parser's error as a sentence, with the nearest known name. */
function usage(error: CommanderError, program: Command, argv: readonly string[]): string {
  const word = /'([^']+)'/.exec(error.message)?.[1] ?? ''
  if (error.code === 'commander.unknownOption') {
    const known = commandOf(program, argv).options.flatMap(({ long }) => (long ? [long] : []))
    return `unknown flag ${word}${didYouMean(word, known) || '.'}`
  }
  if (error.code === 'commander.unknownCommand') {
    const above = program.commands.find((each) => each.name() === argv[0]) ?? program
    const known = above.commands.map((each) => each.name())
    const help = [program.name(), ...(above === program ? [] : [above.name()]), '--help'].join(' ')
    return `unknown command ${word}${didYouMean(word, known) || `; ${help} lists them.`}`
  }
  return `${lower(error.message.replace(/^error: /, '').replace(/\.$/, ''))}.`
}
