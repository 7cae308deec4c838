@rule-2
Feature: Rule 2: any agent on a node reaches its pods, by any protocol
  Log shippers, metrics collectors and node-local proxies run in the host network and talk to the pods on
  their node. The rule names no protocol: "Agents on a node … can communicate with all pods on that node"
  ([network model][NM]).

  [NM]: https://kubernetes.io/docs/concepts/services-networking/#the-kubernetes-network-model

  Rule: A host-network agent reaches its node's pods
    @N04 @core @needs-hostnet
    Scenario Outline: a host-network agent reaches the pods of its node by <protocol>
      Given a host-network client, and a server pod on the same node
      When the client opens a <protocol> conversation with the server's pod IP
      Then the server answers

      Examples:
        | protocol |
        | TCP      |
        | UDP      |

  Rule: The pod is reached by its own address
  No hop redirects the packet. The node chooses the source: "the source IP of node to pod traffic" is not
  promised ([k/k#138360](https://github.com/kubernetes/kubernetes/issues/138360)), so it is only reported.

    @N05 @extended @needs-hostnet
    Scenario Outline: the pod sees itself as the destination of <protocol> from its node
      Given a host-network client, and a server pod on the same node
      When the client opens a <protocol> conversation with the server's pod IP
      Then the server answers
      And no destination was translated on the way

      Examples:
        | protocol |
        | TCP      |
        | UDP      |

  Rule: Payload of any size crosses node and pod
  A node and its pods are joined by other devices than two pods are, and these have MTUs and offloads of their own.

    @N09 @extended @needs-hostnet
    Scenario Outline: <payload> go from <direction> intact
      Given <direction>
      When the client sends <payload> to the server's pod IP
      Then the bytes arrive intact

      Examples: same node
        | direction                                                   | payload                 |
        | a host-network client, and a server pod on the same node    | streams of many sizes   |
        | a host-network client, and a server pod on the same node    | datagrams of many sizes |
        | a client pod, and a host-network server on the same node    | streams of many sizes   |
        | a client pod, and a host-network server on the same node    | datagrams of many sizes |
