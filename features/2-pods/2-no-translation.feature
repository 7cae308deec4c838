@rule-1
Feature: Rule 1: pods reach each other without address translation
  "… directly, without the use of proxies or address translation (NAT)" ([network model][NM]). NAT means that a
  hop on the way rewrites an address or a port of the packet. It is forbidden between pods, because an address is how
  each end knows the other. A pod may tell its own address to others, and they reach it there. A server may know its
  client by the address that it sees. After a translation, the server sees the address of another machine, and the
  address that the client tells is not the one that others see.

  Each conversation is seen from both ends. The client reports the addresses and ports of its socket. The server
  reports the addresses and ports that it saw. If the two reports differ, a hop on the way rewrote the packet, and the
  difference says what and where.

  A cluster with a stray masquerade rule (it puts the node's own address on packets) works, until an
  engineer reads an access log, limits rates by client address, or writes a NetworkPolicy by IP. Kubernetes'
  certification tests do not find it: they pass even if every packet between two nodes is translated.

  [NM]: https://kubernetes.io/docs/concepts/services-networking/#the-kubernetes-network-model

  Rule: The server sees the client's own address
    @P04 @core
    Scenario Outline: <protocol> to a pod on <placement> keeps the client's address
      Given a client pod, and a server pod on <placement>
      When the client opens a <protocol> conversation with the server's pod IP
      Then the server sees the client's pod IP as its peer

      Examples: same node
        | placement     | protocol |
        | the same node | TCP      |
        | the same node | UDP      |

      @needs-multi
      Examples: another node
        | placement    | protocol |
        | another node | TCP      |
        | another node | UDP      |

  Rule: Both ends see the same addresses and ports
  Ports count as well. A hop that keeps the address and rewrites the port still keeps state for every
  connection. It can run out of this state, and loses it when it restarts.

    @P05 @core
    Scenario Outline: <protocol> to a pod on <placement> keeps its 4-tuple
      Given a client pod, and a server pod on <placement>
      When the client opens a <protocol> conversation with the server's pod IP
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

  Rule: The 4-tuple is kept in every conversation
  The promise is for every packet. The clients of each node open at least 688 conversations by TCP and 688 by UDP. If a
  node translates 1 in 100 of all of them, the test misses it in fewer than one run in a million (0.99^1376). If the
  node does so only for TCP, or only for UDP, the test misses it in fewer than one run in a thousand (0.99^688).

    @P05 @core
    Scenario: no conversation of many is translated
      Given every pod of the run, and every other pod
      When the client opens TCP and UDP conversations with the server's pod IP, enough to see a leak of 1 in 100
      Then the server answers
      And no address or port was translated on the way

  Rule: Packets from a host keep their destination
  "Pods in the host network of a node can communicate with all pods on all nodes without NAT" ([cluster
  networking](https://kubernetes.io/docs/concepts/cluster-administration/networking/)). A node has several addresses,
  and the routing table decides which of them the pod sees. So the source address is not checked. Only the destination
  is: it must arrive as the pod's own address.

    @P10 @extended @needs-hostnet @needs-multi
    Scenario Outline: a host-network client reaches pods on <placement> by <protocol>
      Given a host-network client, and a server pod on <placement>
      When the client opens a <protocol> conversation with the server's pod IP
      Then the server answers
      And no destination was translated on the way

      Examples:
        | placement     | protocol |
        | the same node | TCP      |
        | another node  | TCP      |
        | another node  | UDP      |
