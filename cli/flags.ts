import { type Command, Option } from 'commander'
import { UsageError } from '../contract/errors.ts'

/** The flags that say how a cluster is reached. */
export const clusterFlags = (command: Command): Command =>
  command
    .option(
      '--kubeconfig <file>',
      'kubeconfig to use (default: KUBECONFIG, ~/.kube/config, or the pod’s service account)',
    )
    .option('--context <name>', 'context of that kubeconfig (default: its current context)')
    .option('-n, --namespace <name>', 'use only this existing namespace, and create none')

const positive = (word: string): number | string => (/^\d+$/.test(word) ? Number(word) : word)

/** The flags of `flatnet run`. Their names in camel case are the keys of flatnet.yaml. */
export const runFlags = (command: Command): Command =>
  clusterFlags(command)
    .argument('[feature...]', 'feature files or folders, or ids such as P04 (default: all)')
    .option('--cluster <source>', 'current (of the kubeconfig), or kind or reference (created for this run)')
    .option('--profile <name>', 'core, or full (core and extended scenarios; default)')
    .option('--tags <expression>', 'only scenarios with these tags, e.g. "@rule-1 and not @disrupt"')
    .option('--name <regex>', 'only scenarios whose name matches')
    .option('--kind-config <file>', 'kind’s own configuration (default: a control plane and two workers)')
    .option('--node-image <ref>', 'image of kind’s nodes')
    .option('--probe-image <ref>', 'image of the probes; it needs Node (default: node:24-slim)')
    .option('--egress <mode>', 'source address of packets that leave the cluster: auto, masquerade or native')
    .option('--outside <how>', 'how to start a host outside the cluster: auto, docker or none')
    .addOption(new Option('--parallel <n>', 'scenarios at the same time (default: 12)').argParser(positive))
    .option('--keep-on-failure', 'keep the namespaces if a row failed, and say how to inspect them')
    .option('--config <file>', 'settings file (default: flatnet.yaml, if it exists)')
    .option('--output <dir>', 'folder for the reports (default: flatnet-report)')
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

/** The flags of `flatnet prove`. */
export const proveFlags = (command: Command): Command =>
  command
    .addOption(new Option('--fault <id>', 'only this fault (repeat the flag for more)').argParser(collect))
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
    .option('--cluster <source>', 'reference (default), kind, or current')
    .option('--kubeconfig <file>', 'kubeconfig of an existing cluster, such as one of flatnet cluster up')
    .option('--context <name>', 'context of that kubeconfig (default: its current context)')
    .option('--i-own-this-cluster <context>', 'allow faults in a cluster that flatnet did not create')
    .option('--kind-config <file>', 'kind’s own configuration')
    .option('--node-image <ref>', 'image of kind’s nodes')
    .option('--probe-image <ref>', 'image of the probes; it needs Node (default: node:24-slim)')
    .option('--egress <mode>', 'source address of packets that leave the cluster: auto, masquerade or native')
    .option('--outside <how>', 'how to start a host outside the cluster: auto, docker or none')
    .option('--config <file>', 'settings file (default: flatnet.yaml, if it exists)')
    .option('--output <dir>', 'folder for proof.json (default: flatnet-report)')
    .option('--json', 'print the proof as JSON instead of text')
    .option('--debug', 'show stack traces')
