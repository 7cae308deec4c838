@rule-1
Feature: Rule 1: every pod reaches every pod
  "All pods can communicate with all other pods, whether they are on the same node or on different nodes"
  ([network model][NM]). A pod does not need to know where another pod runs. There is one flat network, and
  each address in it is good everywhere.

  Underneath, a pod's interface is one end of a veth pair. The other ends of a node's pods meet in a bridge or in
  routes, and the nodes know each other's pod ranges. A missing route, or a firewall (in a cloud: a security group)
  that blocks the port of the tunnel between two nodes, is hard to see. The cluster looks healthy, but two of its
  nodes cannot talk.

  [NM]: https://kubernetes.io/docs/concepts/services-networking/#the-kubernetes-network-model

  Rule: A pod reaches a pod on its node
    @P01 @core
    Scenario Outline: pod to pod on the same node by <protocol>
      Given a client pod, and a server pod on the same node
      When the client opens a <protocol> conversation with the server's pod IP
      Then the server answers

      Examples:
        | protocol |
        | TCP      |
        | UDP      |
        | HTTP     |

  Rule: A pod reaches a pod on another node
    @P02 @core @needs-multi
    Scenario Outline: pod to pod on another node by <protocol>
      Given a client pod, and a server pod on another node
      When the client opens a <protocol> conversation with the server's pod IP
      Then the server answers

      Examples:
        | protocol |
        | TCP      |
        | UDP      |
        | HTTP     |

  Rule: Every sampled pair of pods connects
  One broken direction between two nodes is enough to make a cluster "sometimes slow". The sample is the pods of the
  run: each of them connects to each other one. The result is a table with a row for each client node and a column for
  each server node.

    @P03 @core @needs-multi
    Scenario: the truth table of all pairs has no hole
      Given every pod of the run, and every other pod
      When the client opens TCP and UDP conversations with the server's pod IP
      Then the server answers

  Rule: Namespaces do not divide the network
  A namespace is a name, not a network. Without a NetworkPolicy, all traffic between namespaces is allowed.

    @P06 @core @needs-namespaces
    Scenario Outline: pod to pod in another namespace by <protocol>
      Given a client pod, and a server pod in another namespace
      When the client opens a <protocol> conversation with the server's pod IP
      Then the server answers

      Examples:
        | protocol |
        | TCP      |
        | UDP      |

  Rule: Two pods of a node serve the same port
  Each pod has ports of its own, so pods need not agree on port numbers.

    @P08 @core
    Scenario Outline: two pods on one node answer on the same <protocol> port number
      Given a client pod, and two server pods on one node with the same port number
      When the client opens a <protocol> conversation with the server's pod IP
      Then the server answers

      Examples:
        | protocol |
        | TCP      |
        | UDP      |

  Rule: A pod's every port is its own
  "Containers within a Pod … can use any port". If a node blocks one range of ports, only the application that listens
  there notices. It is not possible to try all 65,535 ports, so each run tries one random port from each range: below
  1024 if pods may bind it, the registered ports, the usual node ports, and the ports from which systems pick local
  ones. The report names them.

    @P16 @core
    Scenario Outline: every port of a pod on <placement> answers by <protocol>
      Given a client pod, and a server pod on <placement>
      When the client opens a <protocol> conversation with every port of the server's pod IP
      Then the server answers
      And no address or port was translated on the way

      Examples: same node
        | placement     | protocol |
        | the same node | TCP      |
        | the same node | UDP      |

      @needs-multi
      Examples: another node
        | placement    | protocol |
        | another node | TCP      |
        | another node | UDP      |

  Rule: A connection lives as long as its ends
  Applications keep connections: they pool them, let them rest, and use them again. A hop that forgets a connection
  after seconds, or drops its last answer, breaks them one at a time.

    @P17 @core @rests
    Scenario Outline: a pod on <placement> answers <payload>
      Given a client pod, and a server pod on <placement>
      When the client sends <payload> to the server's pod IP
      Then the server answers

      Examples: same node
        | placement     | payload                                                               |
        | the same node | a request after a rest over TCP                                       |
        | the same node | a request after a rest over UDP                                       |
        | the same node | many requests on one connection                                       |
        | the same node | a request that is answered late, after the client has closed its side |

      @needs-multi
      Examples: another node
        | placement    | payload                                                               |
        | another node | a request after a rest over TCP                                       |
        | another node | a request after a rest over UDP                                       |
        | another node | many requests on one connection                                       |
        | another node | a request that is answered late, after the client has closed its side |

  Rule: A pod reaches the host network
  "All nodes can communicate with all containers (and vice-versa)" says the older wording of the rules. A
  server on the host's network must answer. The source address that it sees is only reported, because kindnet
  and flannel put the node's address there ([kind#3474](https://github.com/kubernetes-sigs/kind/issues/3474)).

    @P09 @core @needs-hostnet
    Scenario Outline: pod to a host-network server on <placement> by <protocol>
      Given a client pod, and a host-network server on <placement>
      When the client opens a <protocol> conversation with the server's pod IP
      Then the server answers

      Examples: same node
        | placement     | protocol |
        | the same node | TCP      |
        | the same node | UDP      |

      @needs-multi
      Examples: another node
        | placement    | protocol |
        | another node | TCP      |
        | another node | UDP      |
