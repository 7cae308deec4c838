@problem-4 @extended @needs-hostport @needs-hostnet
Feature: Problem 4: a pod is reached at a port of its node
  A container may ask for a hostPort. The network plug-in of the pod's node then sends packets to this port of the node to
  the pod: "the networking plugin to support the portMappings capability" ([hostPort][HP]). No Service and no service proxy
  takes part. Ingress controllers and node agents are often reached in this way.

  When this breaks, a DaemonSet that publishes port 443 or 53 is dead on one node, and all its pods are ready.

  [HP]: https://kubernetes.io/docs/concepts/extend-kubernetes/compute-storage-net/network-plugins/#support-hostport

  Rule: A host port leads to its pod
  A host port is a pair of a protocol and a number. On every node one pod has the number for TCP, and another pod has the
  same number for UDP. Each must get its own packets, of every size, also from pods of its own node.

    @X11 @makes-pods
    Scenario Outline: host ports answer <client> by TCP and UDP
      Given <client>, and two pods on every node with one host port number
      When the client opens TCP and UDP conversations with the host port of every node
      Then the server behind each port answers

      @needs-outside
      Examples: from outside
        | client                       |
        | a client outside the cluster |

      Examples: from every node
        | client       |
        | a client pod |
