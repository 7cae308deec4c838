@dual-stack @extended @needs-dual
Feature: Two families, one model
  With IPv4 and IPv6 at the same time the model holds twice ([dual-stack][DS]). Each pod has an address of
  each family, and each of the two is good everywhere. On a dual-stack cluster, every scenario of this book
  opens its conversations in both families. The scenarios below say what is promised about the families
  themselves.

  A cluster whose IPv6 routes are missing looks healthy for as long as clients prefer IPv4, or fall back to it
  after a pause.

  [DS]: https://kubernetes.io/docs/concepts/services-networking/dual-stack/

  Rule: Pods and nodes have one address per family
    @DS01
    Scenario: pods and nodes have an address of each family, and podIP is the first
      Given every pod of the run
      When the API is asked for the addresses of pods and nodes
      Then each pod has one address of each family
      And each pod's status.podIP is the first of its status.podIPs
      And each node has an address of each family

  Rule: Both families reach pods untranslated
    @DS02
    Scenario Outline: <protocol> to a pod on <placement> by its <family> address
      Given a client pod, and a server pod on <placement>
      When the client opens a <protocol> conversation with the server's <family> address
      Then the server sees the client's pod IP as its peer
      And no address or port was translated on the way

      Examples: same node
        | placement     | protocol | family |
        | the same node | TCP      | IPv4   |
        | the same node | TCP      | IPv6   |
        | the same node | UDP      | IPv4   |
        | the same node | UDP      | IPv6   |

      @needs-multi
      Examples: another node
        | placement    | protocol | family |
        | another node | TCP      | IPv4   |
        | another node | TCP      | IPv6   |
        | another node | UDP      | IPv4   |
        | another node | UDP      | IPv6   |

    @DS02
    Scenario: interfaces carry both addresses
      Given a pod with several containers on every node
      When every application container reports its addresses
      Then every report has all of the pod's status.podIPs

  Rule: A Service has the families that it asks for
  The families of its clusterIPs are those of ipFamilies, in the same order. All of its clusterIPs answer.

    @DS03 @needs-services
    Scenario Outline: a Service that asks for <policy> gets <families>
      Given a client pod, and a Service that asks for <policy> of <families>
      When the client opens TCP and UDP conversations with the Service's virtual IP
      Then the Service has the families that it asked for, in their order
      And a backend answers

      Examples:
        | policy           | families      |
        | SingleStack      | IPv4          |
        | SingleStack      | IPv6          |
        | PreferDualStack  | IPv4 and IPv6 |
        | RequireDualStack | IPv6 and IPv4 |
