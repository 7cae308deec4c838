import { type Command, Option } from 'commander'
import { UsageError } from '../contract/errors.ts'

/** A command that reads a cluster: how it is found. */
export const clusterFlags = (command: Command): Command =>
  command
    .option('--kubeconfig <file>', 'kubeconfig to use (default: KUBECONFIG, ~/.kube/config, or the pod’s own account)')
    .option('--context <name>', 'context of that kubeconfig (default: its current one)')
    .option('-n, --namespace <name>', 'stay inside this one namespace')

const positive = (word: string): number | string => (/^\d+$/.test(word) ? Number(word) : word)

/** Flags of `flatnet run`; their names in camel case are the keys of flatnet.yaml. */
export const runFlags = (command: Command): Command =>
  clusterFlags(command)
    .argument('[feature...]', 'feature files or folders, or ids such as P04 (default: all)')
    .option('--cluster <source>', 'current (the kubeconfig’s), kind or reference (made for this run)')
    .option('--profile <name>', 'core, or full (default)')
    .option('--tags <expression>', 'only scenarios with these tags, e.g. "@rule-1 and not @disrupt"')
    .option('--name <regex>', 'only scenarios with such a name')
    .option('--kind-config <file>', 'kind’s own configuration (default: a control plane and two workers)')
    .option('--node-image <ref>', 'image of kind’s nodes')
    .option('--probe-image <ref>', 'image with Node for the probes (default: node:24-slim)')
    .option('--egress <mode>', 'how packets leave: auto, masquerade or native')
    .option('--outside <how>', 'a host outside the cluster: auto, docker or none')
    .addOption(new Option('--parallel <n>', 'scenarios side by side (default: 12)').argParser(positive))
    .option('--keep-on-failure', 'leave the namespaces when something failed, and say how to look')
    .option('--config <file>', 'settings (default: flatnet.yaml, where there is one)')
    .option('--output <dir>', 'where reports go (default: flatnet-report)')
    .option('--json', 'print the report object instead of text')
    .option('--debug', 'show stack traces')

const collect = (word: string, all: string[] = []): string[] => [...all, word]
const whole =
  (flag: string, least: number) =>
  (word: string): number => {
    const number = /^\d{1,9}$/.test(word) ? Number(word) : -1
    if (number < least)
      throw new UsageError(`${flag} takes a whole number from ${least} up; not ${JSON.stringify(word)}.`)
    return number
  }

/** Flags of `flatnet prove`. */
export const proveFlags = (command: Command): Command =>
  command
    .addOption(new Option('--fault <id>', 'only this fault (again for more)').argParser(collect))
    .option('--scenario <id>', 'only faults that this scenario must notice')
    .option('--list', 'the faults: what each breaks, in whose words')
    .option('--every-node', 'put each fault on every node in turn, not on one drawn by the seed')
    .option('--full', 'run every scenario under every fault')
    .option('--hold', 'keep the fault in until Ctrl-C, and say how to look around')
    .addOption(new Option('--seed <n>', 'draws the nodes; the same again for the same').argParser(whole('--seed', 0)))
    .addOption(
      new Option('--worlds <n>', 'reference clusters side by side (default: by cores)').argParser(whole('--worlds', 1)),
    )
    .option('--cluster <source>', 'reference (default), kind, or current')
    .option('--kubeconfig <file>', 'a cluster that flatnet cluster up made')
    .option('--context <name>', 'context of that kubeconfig')
    .option('--i-own-this-cluster <context>', 'break a cluster that flatnet did not make')
    .option('--kind-config <file>', 'kind’s own configuration')
    .option('--node-image <ref>', 'image of kind’s nodes')
    .option('--probe-image <ref>', 'image with Node for the probes')
    .option('--egress <mode>', 'how packets leave: auto, masquerade or native')
    .option('--outside <how>', 'a host outside the cluster: auto, docker or none')
    .option('--config <file>', 'settings (default: flatnet.yaml, where there is one)')
    .option('--output <dir>', 'where proof.json goes (default: flatnet-report)')
    .option('--json', 'print the proof as JSON instead of text')
    .option('--debug', 'show stack traces')
