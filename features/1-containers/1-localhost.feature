@problem-1 @core
Feature: Problem 1: containers of a pod talk over localhost
  A pod is a small machine. Its containers share one network namespace: one set of interfaces, one set of
  ports, one loopback interface. "Processes running in different containers in the same pod can communicate
  with each other over `localhost`" ([network model][NM]). A port bound to loopback is inside that machine and
  nowhere else: "ports bound to localhost are visible within the pod but never outside it" ([design][DP]).

  When this breaks, sidecars lose their application: a proxy cannot reach port 8080. Or, worse, an admin port
  that was meant for a sidecar answers to other pods.

  [NM]: https://kubernetes.io/docs/concepts/services-networking/#the-kubernetes-network-model
  [DP]: https://github.com/kubernetes/design-proposals-archive/blob/main/network/networking.md

  Rule: Sibling containers talk over localhost
  Application containers and the native sidecar are all siblings. Each of them is tried as a server.

    @C01
    Scenario Outline: a container reaches its sibling by <protocol>
      Given a container, and its sibling containers
      When the client opens a <protocol> conversation with localhost
      Then the server answers
      And no address or port was translated on the way

      Examples:
        | protocol |
        | TCP      |
        | UDP      |

  Rule: A port bound to localhost stays in the pod
  A refusal on the pod IP proves something only while the pod is reachable. So the same client dials an open
  port of the same pod at the same time.

    @C02
    Scenario Outline: <client> is <outcome> on <address>
      Given <client>, and a server with a port bound to localhost alone
      When the client opens a TCP conversation with that port on <address>
      Then the conversation is <outcome>
      And an open port of the same server answers at the same time

      Examples:
        | client                   | address    | outcome  |
        | a sibling container      | localhost  | answered |
        | a sibling container      | the pod IP | refused  |
        | a client on the same node | the pod IP | refused |

      @needs-multi
      Examples: across nodes
        | client                   | address    | outcome  |
        | a client on another node | the pod IP | refused  |

  Rule: localhost of one pod is not that of another
  Two pods on one node share a kernel, but no loopback interface.

    @C07
    Scenario: a port bound in one pod's localhost is not in its neighbour's
      Given a client on the same node, and a server with a port bound to localhost alone
      When the client opens a TCP conversation with that port on localhost
      Then the conversation is refused
      And an open port of the same server answers at the same time
