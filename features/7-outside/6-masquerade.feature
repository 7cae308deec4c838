@problem-4 @extended @needs-observer
Feature: Problem 4: pods reach the outside under their node's address
  Outside the cluster, routers usually know no route to pod addresses. So when a packet leaves the cluster, the node
  replaces its source address, the pod's, with the node's own (masquerade). Replies come to the node, which remembers to
  which pod each of them belongs ([ip-masq-agent](https://kubernetes.io/docs/tasks/administer-cluster/ip-masq-agent/)).

  The tests need a server outside the cluster that says whom it saw: the observer. It is on the nodes' own network, and
  reports the source address of each conversation. If a node forgets to masquerade, the packet arrives with the pod's
  address. The observer gets it, but its answer finds no way back, and the client sees only a timeout. So the observer
  also remembers conversations whose answer was lost.

  In some clusters the routers outside do know the routes to pods, and then nothing is translated. flatnet finds out
  which case this is, from the addresses that the observer sees for most pods. You can also state it: `--egress
  masquerade` or `--egress native`.

  Rule: A pod reaches a server outside the cluster
    @E01
    Scenario Outline: a pod reaches the observer by <protocol>
      Given a client pod, and an observer outside the cluster
      When the client opens a <protocol> conversation with the server's address
      Then the server answers

      Examples:
        | protocol |
        | TCP      |
        | UDP      |
        | HTTP     |

    @E01
    Scenario Outline: <payload> reaches the observer
      Given a client pod, and an observer outside the cluster
      When the client sends <payload> to the server's address
      Then the server answers
      And the bytes arrive intact

      Examples:
        | payload                        |
        | a stream of 1 MiB over TCP     |
        | a datagram larger than the MTU |

  Rule: A pod appears outside as its own node
  The observer must see an address of the pod's own node. It may see an address that is neither the pod's nor a node's,
  such as that of a cloud's NAT. If this is so for all nodes, another device probably translated the packets too, and
  hides what the nodes did. The test cannot decide, so the scenario is inconclusive. If some nodes are seen under their
  own address and others are not, the promise is broken.

    @E02 @needs-masquerade
    Scenario Outline: the observer sees the node's address by <protocol>
      Given a client pod, and an observer outside the cluster
      When the client opens a <protocol> conversation with the server's address
      Then the server sees the address of the client's own node as its peer

      Examples:
        | protocol |
        | TCP      |
        | UDP      |
        | HTTP     |

  Rule: Each node's pods leave by their own node
  E02 compares the address that the observer sees with the addresses of the node. Here several pods of each node dial,
  and what the observer sees is compared between the nodes. If pods of two nodes appear under one address, pods of one
  node leave through the other.

    @E05 @needs-masquerade @needs-multi
    Scenario: pods of different nodes appear under different addresses
      Given several pods of each node, and an observer outside the cluster
      When the client opens TCP and UDP conversations with the server's address
      Then the server sees a different address for each node as the source

  Rule: A host-network pod leaves as its node
  It has the address of its node already. So nothing needs to be translated, with or without masquerade.

    @E06 @needs-hostnet
    Scenario: a host-network pod leaves with its node's address
      Given a host-network client, and an observer outside the cluster
      When the client opens TCP and UDP conversations with the server's address
      Then the server sees the address of the client's own node as its peer

  Rule: Masquerade is only for the outside
  The same pod at the same moment: outside it appears as its node, and to another pod it appears as itself. When a pod
  sends to a node's own address, the network may translate the packet or not (E08).

    @E04 @needs-masquerade @needs-multi
    Scenario: other pods see the pod's address, and the outside sees its node's
      Given a client pod, an observer outside the cluster, and a pod on another node
      When the client opens TCP and UDP conversations with the server's address
      Then the observer sees the address of the client's own node as its peer
      And the pod sees the client's pod IP as its peer

    @E08 @needs-hostnet @needs-multi
    Scenario: another node sees the pod's address or that of the pod's node
      Networks differ here: kindnet and flannel put the node's address on packets from a pod to another node, and
      other networks keep the pod's. Both are allowed, and the report says which one this network does. No third
      address is allowed.

      Given a client pod, and a host-network server on another node
      When the client opens TCP and UDP conversations with the server's pod IP
      Then the server sees the client's pod IP or an address of its node as its peer

  Rule: A host with routes to pods sees pods
  In a cluster without masquerade, the routers outside have routes to pods, and hosts outside see the pods' own
  addresses. A cluster with masquerade may exclude some ranges from it: hosts in these ranges see the pods' addresses too.

    @E03 @needs-native
    Scenario Outline: a host with routes to pods sees the pod IP by <protocol>
      Given a client pod, and a host outside the cluster, with routes to the pods
      When the client opens a <protocol> conversation with the server's address
      Then the server sees the client's pod IP as its peer

      Examples:
        | protocol |
        | TCP      |
        | UDP      |

  Rule: A node keeps its pods' conversations apart
  Several pods of a node use the same local port towards the same server. After masquerade, these conversations would
  have the same four values (addresses and ports), and the node could not tell their replies apart. So it must give each
  of them a source port of its own. 200 conversations of each node are open at the same time.

    @E07
    Scenario Outline: 200 conversations from the same ports by <protocol>
      Given several pods of each node with the same local ports, and an observer outside the cluster
      When the client opens a <protocol> conversation with the server's address
      Then the server answers

      Examples:
        | protocol |
        | TCP      |
        | UDP      |
