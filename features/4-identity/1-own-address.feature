@rule-3 @core
Feature: Rule 3: a pod sees itself as others see it
  "The IP that a container sees itself as is the same IP that others see it as" ([design][DP]). A process may
  read the address off its interface and publish it, and clients find the process there. Registries, peers of
  a database cluster and certificates rely on it.

  When it breaks, a member of a cluster announces an address at which no other member can reach it.

  [DP]: https://github.com/kubernetes/design-proposals-archive/blob/main/network/networking.md

  Rule: status.podIP is on the pod's interface
    @I01
    Scenario: interfaces carry the address that the API gives
      Given a pod with several containers on every node
      When every application container reports its addresses
      Then every report has the pod's status.podIP

  Rule: One pod has one address, whoever is asked
  The pod's interfaces, its socket, the downward API and the peer at the other end of a conversation all name
  the same address.

    @I02
    Scenario Outline: a pod and its peer on <placement> name the same address
      Given a client pod, and a server pod on <placement>
      When the client opens a TCP conversation with the server's pod IP, and reports its addresses
      Then the client and the server name the client by the same address

      Examples: same node
        | placement     |
        | the same node |

      @needs-multi
      Examples: another node
        | placement    |
        | another node |

  Rule: The downward API tells the truth
    @I03
    Scenario Outline: <fact> is <reference>
      Given a pod with several containers on every node
      When every application container reports its <fact>
      Then every report is <reference>

      Examples:
        | fact                    | reference               |
        | downward API's pod IP   | the pod's status.podIP  |
        | downward API's host IP  | the node's InternalIP   |

  Rule: /etc/hosts maps the pod's name to its IP
    @I04
    Scenario: a pod finds its own address under its own name
      Given a pod with several containers on every node
      When every application container reports its entry in /etc/hosts
      Then every report has the pod's status.podIP
      And every report is one of the pod's status.podIPs

  Rule: A pod is found where it says it is
    @I05
    Scenario Outline: a pod publishes its own address and a pod on <placement> calls back
      Given a client pod, and a server pod on <placement>
      When the client publishes the address of its interface, and the server calls it back
      Then the pod that published it answers

      Examples: same node
        | placement     |
        | the same node |

      @needs-multi
      Examples: another node
        | placement    |
        | another node |

  Rule: spec.hostname is the hostname inside the pod
    @I08
    Scenario: spec.hostname overrides the pod's name
      Given a pod with a hostname of its own on every node
      When every application container reports its hostname
      Then every report is the pod's spec.hostname
