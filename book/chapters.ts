/** A chapter of the book: which features it has, and what its first sentence is. */
export interface Heading {
  /** The name of its page, without its ending. */
  slug: string
  /** The rule or the problem of the network model that it is about. */
  about: string
  title: string
  /** One plain sentence, for readers who know nothing yet. */
  says: string
  /** The paths of its features. */
  features: RegExp
}

/** The chapters, in reading order. */
export const CHAPTERS: readonly Heading[] = [
  {
    slug: 'problem-1',
    about: 'Problem 1',
    title: 'Containers of one pod',
    says: 'The containers of a pod are programs on one small machine, so they talk to each other over localhost.',
    features: /^features\/1-containers\//,
  },
  {
    slug: 'rule-1',
    about: 'Rule 1',
    title: 'Pods reach each other',
    says: 'Every pod reaches every other pod directly, and no hop on the way changes an address (no NAT).',
    features: /^features\/2-pods\/[123]-/,
  },
  {
    slug: 'problem-2',
    about: 'Problem 2',
    title: 'An address for every pod',
    says: 'Every pod has an address of its own. Most networks give each node a range from which its pods get them.',
    features: /^features\/2-pods\/4-/,
  },
  {
    slug: 'rule-2',
    about: 'Rule 2',
    title: 'A node reaches its pods',
    says: 'The programs that manage a node, such as the kubelet, reach all pods on this node.',
    features: /^features\/3-nodes\//,
  },
  {
    slug: 'rule-3',
    about: 'Rule 3',
    title: 'One address for all observers',
    says: 'The address that a pod sees as its own is the address at which all others see it.',
    features: /^features\/4-identity\//,
  },
  {
    slug: 'problem-3',
    about: 'Problem 3',
    title: 'Services',
    says: 'Pods come and go. A Service gives them one stable address, the ClusterIP. What is sent there arrives at a pod that is ready.',
    features: /^features\/5-services\//,
  },
  {
    slug: 'problem-3-names',
    about: 'Problem 3',
    title: 'Names',
    says: 'Cluster DNS knows every Service by its name, so a client needs no address at all.',
    features: /^features\/6-names\//,
  },
  {
    slug: 'problem-4',
    about: 'Problem 4',
    title: 'Into the cluster',
    says: 'Clients outside the cluster reach pods through a port of a node, a load balancer or an Ingress.',
    features: /^features\/7-outside\/[1-5]-/,
  },
  {
    slug: 'problem-4-egress',
    about: 'Problem 4',
    title: 'Out of the cluster',
    says: 'On the way to the internet, the node replaces the pod’s source address with its own. Then a gateway replaces the node’s address with an external one.',
    features: /^features\/7-outside\/[67]-/,
  },
  {
    slug: 'two-families',
    about: 'Two families',
    title: 'IPv4 and IPv6 together',
    says: 'In a cluster with IPv4 and IPv6, all rules hold for both.',
    features: /^features\/8-dual-stack\//,
  },
  {
    slug: 'policies',
    about: 'Policies',
    title: 'NetworkPolicies',
    says: 'All pods talk to all pods, until a NetworkPolicy says which of them may.',
    features: /^features\/9-policies\//,
  },
]
