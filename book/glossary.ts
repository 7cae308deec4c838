/** A term of the field, in words for readers who are new to it. */
export interface Term {
  name: string
  /** Other words for the same. */
  also?: readonly string[]
  means: string
  /** The page where it matters. */
  page?: string
}

export const termId = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]+/g, '-')

/** The glossary of the book, in alphabetical order. */
export const GLOSSARY: readonly Term[] = [
  {
    name: '4-tuple',
    means: 'The four values that name a connection: the source address and port, and the destination address and port.',
    page: 'rule-1.html',
  },
  {
    name: 'affinity',
    also: ['session affinity'],
    means: 'A client stays with one backend of a Service. A Service has it if it asks for sessionAffinity: ClientIP.',
    page: 'problem-3.html',
  },
  {
    name: 'agent',
    means: 'A program that runs on every node and manages it, such as the kubelet or a log shipper.',
    page: 'rule-2.html',
  },
  { name: 'backend', means: 'A pod behind a Service: one of those that may answer.', page: 'problem-3.html' },
  {
    name: 'bridge',
    means: 'A switch inside the node’s kernel. On many networks the pods of a node are joined by one.',
    page: 'rule-1.html',
  },
  {
    name: 'ClusterIP',
    also: ['cluster IP', 'clusterIP'],
    means:
      'The virtual IP of a Service: a stable address that Kubernetes gives to the Service. No machine has it. The client’s node replaces it, in each packet, by the address of a pod that is ready.',
    page: 'problem-3.html',
  },
  {
    name: 'conntrack',
    means:
      'The kernel’s memory of connections. It remembers each translation, so that the answer can be translated back.',
    page: 'problem-3.html',
  },
  {
    name: 'container',
    means: 'A program with its own files, started by Kubernetes. One or several containers make a pod.',
    page: 'problem-1.html',
  },
  { name: 'core', means: 'A promise that every cluster must keep. Extended promises depend on what a cluster can do.' },
  {
    name: 'dual-stack',
    means: 'A cluster, a pod or a Service that has IPv4 and IPv6 addresses at the same time.',
    page: 'two-families.html',
  },
  { name: 'egress', means: 'Packets that leave the cluster.', page: 'problem-4-egress.html' },
  {
    name: 'endpoint',
    means: 'The address of a backend, as an EndpointSlice lists it. Also: one end of a conversation.',
    page: 'problem-3.html',
  },
  {
    name: 'EndpointSlice',
    means:
      'The object of the Kubernetes API that lists backends of a Service with their addresses and whether they are ready.',
    page: 'problem-3.html',
  },
  { name: 'family', also: ['IP family', 'families'], means: 'IPv4 or IPv6.', page: 'two-families.html' },
  {
    name: 'hairpin',
    means:
      'A pod dials its own Service and is chosen as the backend, so the packet goes out and comes back to the same pod.',
    page: 'problem-3.html',
  },
  {
    name: 'headless Service',
    means: 'A Service without a virtual IP. DNS gives the addresses of its pods, and the client chooses one.',
    page: 'problem-3-names.html',
  },
  { name: 'hop', means: 'A device or a kernel on the path of a packet, such as a node.', page: 'rule-1.html' },
  {
    name: 'host network',
    also: ['host-network'],
    means: 'The network of the node itself. A host-network pod has the addresses of its node and none of its own.',
    page: 'rule-3.html',
  },
  {
    name: 'host port',
    also: ['hostPort'],
    means: 'A port of a node that leads to one pod on this node, without a Service.',
    page: 'problem-4.html',
  },
  { name: 'inconclusive', means: 'The test could not decide: the promise is neither kept nor broken.' },
  {
    name: 'Ingress',
    means:
      'Rules for HTTP requests from outside: which host and path lead to which Service. A controller carries them out.',
    page: 'problem-4.html',
  },
  {
    name: 'internet gateway',
    means: 'A router between the nodes and the internet. It puts its own external address on what it forwards.',
    page: 'problem-4-egress.html',
  },
  {
    name: 'kubelet',
    means: 'The agent on every node that starts the pods and asks them whether they are ready.',
    page: 'rule-2.html',
  },
  {
    name: 'load balancer',
    means: 'A device outside the cluster with an address of its own. It spreads connections over the nodes or pods.',
    page: 'problem-4.html',
  },
  {
    name: 'localhost',
    also: ['loopback'],
    means: 'The address of a machine for itself (127.0.0.1 or ::1). All containers of a pod have the same one.',
    page: 'problem-1.html',
  },
  {
    name: 'masquerade',
    means: 'A translation of the source: a node puts its own address in place of the sender’s.',
    page: 'problem-4-egress.html',
  },
  { name: 'middlebox', means: 'A device between the two ends that looks into packets, such as a firewall.' },
  { name: 'MTU', means: 'The size of the largest packet that an interface or a path takes.', page: 'rule-1.html' },
  {
    name: 'NAT',
    also: ['address translation', 'translation'],
    means:
      'A hop rewrites an address or a port of a packet. Between pods it is forbidden, because each end would know the other by a wrong address.',
    page: 'rule-1.html',
  },
  {
    name: 'network model',
    means: 'The promises of Kubernetes about its network: three rules, and four problems that it solves.',
    page: 'index.html',
  },
  {
    name: 'network namespace',
    means:
      'A part of the kernel with its own interfaces, addresses and ports. Each pod has one, so it looks like a machine.',
    page: 'problem-1.html',
  },
  {
    name: 'NetworkPolicy',
    means: 'An object of the API that says which pods may talk to which. Without one, all may.',
    page: 'rule-1.html',
  },
  { name: 'node', means: 'A machine of the cluster, real or virtual, on which pods run.', page: 'problem-2.html' },
  {
    name: 'node port',
    also: ['NodePort'],
    means: 'A port that is the same on every node and leads to the backends of a Service, also for clients outside.',
    page: 'problem-4.html',
  },
  { name: 'overlay', means: 'A network in which nodes wrap the packets of pods in their own packets (a tunnel).' },
  { name: 'peer', means: 'The other end of a conversation, as one end sees it.' },
  {
    name: 'pod',
    means:
      'The smallest thing that Kubernetes runs: one or several containers with one address, one hostname and one set of ports.',
    page: 'problem-1.html',
  },
  {
    name: 'pod CIDR',
    also: ['pod range'],
    means: 'The address range of one node, such as 10.244.1.0/24, from which its pods get their addresses.',
    page: 'problem-2.html',
  },
  {
    name: 'ready',
    means: 'A pod says that it can serve. Only then does a Service send clients to it.',
    page: 'problem-3.html',
  },
  { name: 'selector', means: 'The labels by which a Service finds its pods.' },
  {
    name: 'Service',
    means: 'A stable address and name in front of pods that change. It chooses its pods by their labels.',
    page: 'problem-3.html',
  },
  {
    name: 'service proxy',
    also: ['kube-proxy', 'proxy'],
    means: 'The program on each node that makes virtual IPs work. kube-proxy is the one that comes with Kubernetes.',
    page: 'problem-3.html',
  },
  {
    name: 'terminated',
    also: ['terminating', 'drain'],
    means: 'A pod that was told to end. It may drain: it keeps serving until its grace period ends.',
    page: 'problem-3.html',
  },
  {
    name: 'veth',
    also: ['veth pair'],
    means: 'A virtual cable with two ends. One end is the pod’s interface, the other end is on the node.',
    page: 'problem-2.html',
  },
  {
    name: 'virtual IP',
    means: 'An address that no interface has. A Service’s cluster IP is one: each node translates it to a backend.',
    page: 'problem-3.html',
  },
]
