@problem-4 @extended @needs-observer
Feature: Problem 4: pods reach the outside under their node's address
  Pod addresses mean nothing outside the cluster: no router there knows a route to them. So the node puts its own
  address on packets that leave (masquerade). Replies come to the node, which remembers to which pod each of them
  belongs ([ip-masq-agent](https://kubernetes.io/docs/tasks/administer-cluster/ip-masq-agent/)). In some clusters the
  routers outside do know the routes to pods, and then nothing is translated. flatnet finds out which case this is,
  from the addresses that the observer sees for most pods. You can also state it: `--egress masquerade` or `--egress
  native`.

  The observer is a server on the nodes' own network. It reports the source address that it sees, and it also
  remembers conversations whose answer was lost. If a node forgets to masquerade, a packet arrives with the pod's
  address, and its answer finds no way back. The observer listens on random ports.

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
  The observer may see an address that is neither the pod's nor the node's, such as that of a cloud's NAT. If no node
  is seen under its own address, this is no failure and no proof: the scenario is inconclusive. If some nodes are seen
  under their own address and others are not, the promise is broken.

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

    @E05 @needs-masquerade @needs-multi
    Scenario: pods of different nodes leave by their own nodes
      Given several pods of each node, and an observer outside the cluster
      When the client opens TCP and UDP conversations with the server's address
      Then the server sees an address that no pod of another node has as its peer

    @E06 @needs-hostnet
    Scenario: a host-network pod leaves with its node's address
      Given a host-network client, and an observer outside the cluster
      When the client opens TCP and UDP conversations with the server's address
      Then the server sees the address of the client's own node as its peer

  Rule: Masquerade is for the outside alone
  The same pod at the same moment: outside it appears as its node, and to another pod it appears as itself. One case
  is left to the network: packets to a node's own address.

    @E04 @needs-masquerade @needs-multi
    Scenario: one pod is itself to pods and its node to the outside
      Given a client pod, an observer outside the cluster, and a pod on another node
      When the client opens TCP and UDP conversations with the server's address
      Then the observer sees the address of the client's own node as its peer
      And the pod sees the client's pod IP as its peer

    @E08 @needs-hostnet @needs-multi
    Scenario: another node sees a pod or its node as the peer
      Networks differ here: kindnet and flannel put the node's address on packets from a pod to another node, and
      other networks keep the pod's. Both are allowed, and the report says which one this network does. No third
      address is allowed.

      Given a client pod, and a host-network server on another node
      When the client opens TCP and UDP conversations with the server's pod IP
      Then the server sees the client's pod IP or an address of its node as its peer

  Rule: A host with routes to pods sees pods
  This is so in a cluster without masquerade, and for ranges that are excluded from it.

    @E03 @needs-native
    Scenario Outline: a host with routes to pods sees the pod IP by <protocol>
      Given a client pod, and a host outside that has routes to pods
      When the client opens a <protocol> conversation with the server's address
      Then the server sees the client's pod IP as its peer

      Examples:
        | protocol |
        | TCP      |
        | UDP      |

  Rule: A node keeps its pods' conversations apart
  Several pods of a node use the same local port towards the same server. Behind the node's one address these
  conversations would be the same, so the node must give them other ports. 200 conversations of each node are
  open at the same time.

    @E07
    Scenario Outline: 200 conversations from the same ports by <protocol>
      Given several pods of each node with the same local ports, and an observer outside the cluster
      When the client opens a <protocol> conversation with the server's address
      Then the server answers

      Examples:
        | protocol |
        | TCP      |
        | UDP      |
