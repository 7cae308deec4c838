@rule-1
Feature: Rule 1: every pod reaches every pod
  "All pods can communicate with all other pods, whether they are on the same node or on different nodes"
  ([network model][NM]). A pod does not need to know where another pod runs. There is one flat network, and
  each address in it is good everywhere in the cluster.

  Underneath, a pod's interface is one end of a virtual cable (veth pair), and the other end is on the node. The node
  joins its pods by a bridge or by routes. The nodes know each other's pod ranges, and send packets to them by a route
  or through a tunnel: the node wraps each packet in a packet of its own, addressed to the other node. A missing route
  is hard to see, and so is a firewall (in a cloud: a security group) that blocks the port of the tunnel. The cluster
  looks healthy, but two of its nodes cannot talk.

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

  Rule: A pod may use any port
  "Containers within a Pod … can use any port". If a node blocks one range of ports, only the application that listens
  there notices. It is not possible to try all 65,535 ports. So each run tries one random port from each of six ranges:
  below 1024 (if pods may use it), 1024-6999, 8000-29999, the usual node ports (30000-32767), the ports that systems
  pick for clients (32768-60999), and 61000-65535. The report names them. The range between, 7000-7999, has the ports that
  all other scenarios use.

    @P16 @core
    Scenario Outline: a port of every range answers on <placement> by <protocol>
      Given a client pod, and a server pod on <placement>
      When the client opens a <protocol> conversation with a port of every range of the server's pod IP
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
  Applications keep connections: they leave them idle, and use them again later. If a device on the way forgets an idle
  connection after a few seconds, or drops its last answer, single requests fail. New connections work, so the network
  looks healthy.

    @P17 @core @rests
    Scenario Outline: a pod on <placement> answers <payload>
      Given a client pod, and a server pod on <placement>
      When the client sends <payload> to the server's pod IP
      Then the server answers

      Examples: same node
        | placement     | payload                                                               |
        | the same node | a request on a TCP connection that was idle for a while               |
        | the same node | a request from a UDP socket that was idle for a while                 |
        | the same node | many requests on one connection                                       |
        | the same node | a request that is answered late, after the client has closed its side |

      @needs-multi
      Examples: another node
        | placement    | payload                                                               |
        | another node | a request on a TCP connection that was idle for a while               |
        | another node | a request from a UDP socket that was idle for a while                 |
        | another node | many requests on one connection                                       |
        | another node | a request that is answered late, after the client has closed its side |

  Rule: A pod reaches the host network
  "All nodes can communicate with all containers (and vice-versa) without NAT" says an older wording of the rules. A
  server on the host's network must answer. The last part, "without NAT", is not tested in this direction: kindnet and
  flannel put the node's address on such packets ([kind#3474](https://github.com/kubernetes-sigs/kind/issues/3474)). So
  the source address that the server sees is only reported.

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
