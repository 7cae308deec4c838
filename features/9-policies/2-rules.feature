@policies @extended @needs-netpol
Feature: Policies: their rules add up
  "Network policies do not conflict; they are additive." A rule names peers and ports. A peer is chosen by the labels of
  pods, by those of namespaces, by both, or by a range of addresses ([NetworkPolicy][NP]). Small differences in YAML make
  large differences in meaning, so each way is tested with pods that must pass and pods that must not.

  [NP]: https://kubernetes.io/docs/concepts/services-networking/network-policies/

  Rule: A peer is chosen by labels
  A podSelector chooses pods of the policy's own namespace. A namespaceSelector chooses all pods of its namespaces. Both
  in one list entry must match at the same time. Two entries are two peers, and one match is enough: a single dash in
  YAML decides which of the two it is.

    @NP04 @makes-pods
    Scenario Outline: <policy> lets its pods in, and no other
      Given a pod of its own, and pods of two namespaces on every node
      When <policy> is declared, and every client keeps asking
      Then the conversation is denied
      And every server that the policies allow answers at the same time

      Examples:
        | policy                                              |
        | ingress from a podSelector                          |
        | ingress from a namespaceSelector                    |
        | ingress from a namespaceSelector with a podSelector |
        | ingress from a namespaceSelector, or from a podSelector |

  Rule: Policies add up, in any order
  A policy never takes away what another one allows. The later one does not win, and neither does the stricter one.

    @NP05 @makes-pods
    Scenario Outline: <policies> allow what any of them allows
      Given a pod of its own, and pods of two namespaces on every node
      When <policies> is declared, and every client keeps asking
      Then the conversation is denied
      And every server that the policies allow answers at the same time

      Examples:
        | policies                                   |
        | two policies and then default-deny ingress |
        | default-deny ingress and then two policies |

  Rule: Both sides must allow a connection
  "For a connection from a source pod to a destination pod to be allowed, both the egress policy on the source pod and the
  ingress policy on the destination pod need to allow the connection."

    @NP06 @makes-pods
    Scenario: pods talk at the ports that the policies of both sides allow
      Given pods of its own on every node, two of them on one node
      When egress to two ports of each other, and ingress at two is declared, and every client keeps asking
      Then the conversation is denied
      And every server that the policies allow answers at the same time

  Rule: A port has a protocol, a number or a name
  A rule without a protocol means TCP. A rule for UDP alone does not open TCP. The endPort makes a range, both ends
  included.

    @NP07 @makes-pods
    Scenario Outline: <policy> opens nothing else
      Given a pod of its own, and pods of two namespaces on every node
      When <policy> is declared, and every client keeps asking
      Then the conversation is denied
      And every server that the policies allow answers at the same time

      Examples:
        | policy                        |
        | ingress at a port             |
        | ingress at a named port       |
        | ingress at a port and its endPort |
        | ingress by UDP                |
        | egress to a port              |

  Rule: The answers of an allowed connection pass
  "Reply traffic for those allowed connections will also be implicitly allowed." No rule of the other direction is needed.

    @NP08 @makes-pods
    Scenario Outline: pods with <policy> get or give answers, and begin no other conversation
      Given pods of its own on every node, and pods of two namespaces
      When <policy> is declared, and every client keeps asking
      Then the conversation is denied
      And every server that the policies allow answers at the same time

      Examples:
        | policy                 |
        | ingress, and no egress |
        | egress, and no ingress |

  Rule: A range of addresses is a peer
  An ipBlock is for hosts outside the cluster. Addresses in its except are not in it. Only egress is tested: the source of
  packets that enter a cluster may be translated before or after a policy sees it, and the API does not say which.

    @NP11 @makes-pods @needs-observer
    Scenario Outline: <policy> decides about a host outside the cluster
      Given a pod of its own, and pods of two namespaces on every node
      When <policy> is declared, and every client keeps asking
      Then the conversation is denied
      And every server that the policies allow answers at the same time

      Examples:
        | policy                                |
        | egress to an ipBlock                  |
        | egress to an ipBlock with an exception |
