/** A term of the field, in words for readers who are new to it. */
export interface Term {
  name: string
  /** Other words for the same. */
  also?: readonly string[]
  means: string
  /** The section or the promise where it matters. */
  page?: string
}

export const termId = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]+/g, '-')

/** The glossary of the book, in alphabetical order. */
export const GLOSSARY: readonly Term[] = [
  {
    name: '4-tuple',
    means: 'The four values that name a connection: the source address and port, and the destination address and port.',
    page: 'rule-1.html#P05',
  },
  {
    name: 'affinity',
    also: ['session affinity'],
    means: 'A client stays with one backend of a Service. A Service has it if it asks for sessionAffinity: ClientIP.',
    page: 'problem-3.html#problem-3-a-service-that-remembers-its-clients',
  },
  {
    name: 'agent',
    means: 'A program that runs on every node and manages it, such as the kubelet or a log shipper.',
    page: 'rule-2.html#rule-2-agents-on-a-node-reach-the-pods-of-that-node',
  },
  {
    name: 'backend',
    means: 'A pod behind a Service: one of those that may answer.',
    page: 'problem-3.html#problem-3-a-service-chooses-among-its-backends',
  },
  {
    name: 'bridge',
    means: 'A switch inside the node’s kernel. On many networks the pods of a node are joined by one.',
    page: 'rule-1.html#rule-1-every-pod-reaches-every-pod',
  },
  {
    name: 'ClusterIP',
    also: ['cluster IP', 'clusterIP'],
    means:
      'The virtual IP of a Service: a stable address that Kubernetes gives to the Service. The client’s node replaces it, in each packet, with the address of a backend.',
    page: 'problem-3.html#problem-3-a-service-is-one-stable-address',
  },
  {
    name: 'conntrack',
    means:
      'The kernel’s memory of connections. It remembers each translation, so that the answer can be translated back.',
    page: 'problem-3.html#S29',
  },
  {
    name: 'container',
    means: 'A program with its own files, started by Kubernetes. One or several containers make a pod.',
    page: 'problem-1.html#problem-1-containers-of-a-pod-talk-over-localhost',
  },
  {
    name: 'conversation',
    means: 'One TCP connection, one HTTP request, or a few UDP datagrams between the same two ends.',
    page: 'rule-1.html#rule-1-pods-reach-each-other-without-address-translation',
  },
  {
    name: 'core',
    means: 'A promise that every cluster must keep. Extended promises depend on what a cluster can do.',
    page: 'promises.html',
  },
  {
    name: 'datagram',
    means: 'A message of UDP. It is one packet, or is cut into fragments if it is too large for one.',
    page: 'rule-1.html#rule-1-pods-reach-each-other-whatever-the-size-of-the-packets',
  },
  {
    name: 'dual-stack',
    means: 'A cluster, a pod or a Service that has IPv4 and IPv6 addresses at the same time.',
    page: 'two-families.html#two-families-one-model',
  },
  {
    name: 'egress',
    means: 'Packets that leave the cluster.',
    page: 'problem-4-egress.html#problem-4-pods-reach-the-outside-under-their-node-s-address',
  },
  {
    name: 'endpoint',
    means: 'The address of a backend, as an EndpointSlice lists it. Also: one end of a conversation.',
    page: 'problem-3.html#problem-3-endpoints-are-objects-that-all-can-read',
  },
  {
    name: 'EndpointSlice',
    means:
      'The object of the Kubernetes API that lists backends of a Service with their addresses and whether they are ready.',
    page: 'problem-3.html#S19',
  },
  {
    name: 'family',
    also: ['IP family', 'families'],
    means: 'IPv4 or IPv6.',
    page: 'two-families.html#two-families-one-model',
  },
  {
    name: 'FIN',
    means: 'The packet by which one end of a TCP connection says that it sends nothing more.',
    page: 'rule-1.html#P17',
  },
  {
    name: 'hairpin',
    means:
      'A pod dials its own Service and is chosen as the backend, so the packet goes out and comes back to the same pod.',
    page: 'problem-3.html#S14',
  },
  {
    name: 'headless Service',
    means: 'A Service without a virtual IP. DNS gives the addresses of its pods, and the client chooses one.',
    page: 'problem-3-names.html#problem-3-a-headless-service-s-name-is-its-pods',
  },
  {
    name: 'hop',
    means: 'A device or a kernel on the path of a packet, such as a node.',
    page: 'rule-1.html#rule-1-pods-reach-each-other-without-address-translation',
  },
  {
    name: 'host network',
    also: ['host-network'],
    means: 'The network of the node itself. A host-network pod has the addresses of its node and none of its own.',
    page: 'rule-3.html#rule-3-a-pod-on-the-host-s-network-sees-itself-as-its-node',
  },
  {
    name: 'host port',
    also: ['hostPort'],
    means: 'A port of a node that leads to one pod on this node, without a Service.',
    page: 'problem-4.html#problem-4-a-pod-is-reached-at-a-port-of-its-node',
  },
  {
    name: 'ICMP',
    means: 'The protocol of the error messages of the network, such as: this packet is too large.',
    page: 'rule-1.html#rule-1-pods-reach-each-other-whatever-the-size-of-the-packets',
  },
  {
    name: 'inconclusive',
    means: 'The test could not decide: the promise is neither kept nor broken.',
    page: 'problem-4-egress.html#E02',
  },
  {
    name: 'Ingress',
    means:
      'Rules for HTTP requests from outside: which host and path lead to which Service. A controller carries them out.',
    page: 'problem-4.html#problem-4-an-ingress-admits-requests-from-outside-by-their-host-and-path',
  },
  {
    name: 'internet gateway',
    means:
      'A router between the nodes and the internet. It replaces the source address of what it forwards with its own external address.',
    page: 'problem-4-egress.html#problem-4-pods-reach-the-internet-through-a-second-translation',
  },
  {
    name: 'kubelet',
    means: 'The agent on every node that starts the pods and asks them whether they are ready.',
    page: 'rule-2.html#rule-2-agents-on-a-node-reach-the-pods-of-that-node',
  },
  {
    name: 'load balancer',
    means: 'A device outside the cluster with an address of its own. It spreads connections over the nodes or pods.',
    page: 'problem-4.html#problem-4-a-load-balancer-stands-in-front-of-a-service',
  },
  {
    name: 'localhost',
    also: ['loopback'],
    means: 'The address of a machine for itself (127.0.0.1 or ::1). All containers of a pod have the same one.',
    page: 'problem-1.html#problem-1-containers-of-a-pod-talk-over-localhost',
  },
  {
    name: 'masquerade',
    means: 'A translation of the source: a node replaces the sender’s address with its own.',
    page: 'problem-4-egress.html#problem-4-pods-reach-the-outside-under-their-node-s-address',
  },
  {
    name: 'middlebox',
    means: 'A device between the two ends that looks into packets, such as a firewall.',
    page: 'problem-3-names.html#problem-3-dns-is-asked-as-resolvers-ask-it',
  },
  {
    name: 'MTU',
    means: 'The size of the largest packet that an interface or a path takes.',
    page: 'rule-1.html#rule-1-pods-reach-each-other-whatever-the-size-of-the-packets',
  },
  {
    name: 'NAT',
    also: ['address translation', 'translation'],
    means:
      'A hop rewrites an address or a port of a packet. Between pods it is forbidden, because each end would know the other by a wrong address.',
    page: 'rule-1.html#rule-1-pods-reach-each-other-without-address-translation',
  },
  {
    name: 'network model',
    means: 'The promises of Kubernetes about its network: three rules, and four problems that it solves.',
    page: 'index.html#rules',
  },
  {
    name: 'network namespace',
    means:
      'A part of the kernel with its own interfaces, addresses and ports. Each pod has one, so it looks like a machine.',
    page: 'problem-1.html#problem-1-containers-of-a-pod-talk-over-localhost',
  },
  {
    name: 'NetworkPolicy',
    means: 'An object of the API that says which pods may talk to which. Without one, all may.',
    page: 'policies.html#policies-a-pod-is-isolated-once-a-policy-selects-it',
  },
  {
    name: 'node',
    means: 'A machine of the cluster, real or virtual, on which pods run.',
    page: 'problem-2.html#problem-2-an-address-for-every-pod-a-range-for-every-node',
  },
  {
    name: 'node port',
    also: ['NodePort'],
    means: 'A port that is the same on every node and leads to the backends of a Service, also for clients outside.',
    page: 'problem-4.html#problem-4-a-service-is-reached-at-the-nodes-own-addresses',
  },
  {
    name: 'observer',
    means: 'A server outside the cluster, on the nodes’ own network. It reports the source address that it sees.',
    page: 'problem-4-egress.html#problem-4-pods-reach-the-outside-under-their-node-s-address',
  },
  {
    name: 'overlay',
    means: 'A network in which nodes wrap the packets of pods in their own packets, as in a tunnel.',
    page: 'rule-1.html#rule-1-pods-reach-each-other-whatever-the-size-of-the-packets',
  },
  { name: 'peer', means: 'The other end of a conversation, as one end sees it.', page: 'rule-1.html#P04' },
  {
    name: 'pod',
    means:
      'The smallest thing that Kubernetes runs: one or several containers with one address, one hostname and one set of ports.',
    page: 'problem-1.html#problem-1-containers-of-a-pod-share-one-address-one-name-and-one-set-of-ports',
  },
  {
    name: 'pod CIDR',
    also: ['pod range'],
    means: 'The address range of one node, such as 10.244.1.0/24, from which its pods get their addresses.',
    page: 'problem-2.html#P14',
  },
  {
    name: 'ready',
    means:
      'A pod says that it can serve. Normally, a Service sends clients only to pods that are ready. S11 and S21 are exceptions.',
    page: 'problem-3.html#S10',
  },
  {
    name: 'scenario',
    means:
      'One test: what is given, what is done, and what must then be true. It is done once for each of its examples.',
  },
  {
    name: 'segment',
    means: 'A packet of TCP: a piece of the stream of bytes that a connection carries.',
    page: 'rule-1.html#P11',
  },
  {
    name: 'selector',
    means: 'The labels by which a Service finds its pods.',
    page: 'problem-3.html#problem-3-a-service-follows-its-backends',
  },
  {
    name: 'Service',
    means: 'A stable address and name in front of pods that change. It chooses its pods by their labels.',
    page: 'problem-3.html#problem-3-a-service-is-one-stable-address',
  },
  {
    name: 'service proxy',
    also: ['kube-proxy', 'proxy'],
    means: 'The program on each node that makes virtual IPs work. kube-proxy is the one that comes with Kubernetes.',
    page: 'problem-3.html#problem-3-a-service-is-one-stable-address',
  },
  {
    name: 'terminated',
    also: ['terminating', 'drain'],
    means: 'A pod that was told to end. It may drain: it keeps serving until its grace period ends.',
    page: 'problem-3.html#S09',
  },
  {
    name: 'tunnel',
    means:
      'A way between two nodes on which each packet is wrapped in a packet of the nodes, and unwrapped at the other end.',
    page: 'rule-1.html#rule-1-every-pod-reaches-every-pod',
  },
  {
    name: 'veth',
    also: ['veth pair'],
    means: 'A virtual cable with two ends. One end is the pod’s interface, the other end is on the node.',
    page: 'problem-2.html#P15',
  },
  {
    name: 'virtual IP',
    means:
      'An address that stands for a Service. No machine answers to it as its own address: each node translates it to the address of a backend.',
    page: 'problem-3.html#problem-3-a-service-is-one-stable-address',
  },
]
