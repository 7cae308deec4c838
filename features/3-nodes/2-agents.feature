@rule-2
Feature: Rule 2: any agent on a node reaches its pods, by any protocol
  Log shippers, metrics collectors and node-local proxies run in the host network and talk to the pods on
  their node.

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
